/*
 * Tells a processor that lacks the executable's instruction set, x86-64-v followed by LEVEL, before the runtime starts, which would abort with a line
 * that names neither the set nor the way out.
 */
#include <unistd.h>

__attribute__((constructor)) static void require_processor(void)
{
    static const char message[] =
#if LEVEL == 4
        "error: this nativernn is for processors with AVX-512 (x86-64-v4), which this one lacks\n"
        "hint: one published with -p:InstructionSet=x86-64-v3 needs AVX2, with x86-64-v2 SSE4.2\n";
#elif LEVEL == 3
        "error: this nativernn is for processors with AVX2 (x86-64-v3), which this one lacks\n"
        "hint: one published with -p:InstructionSet=x86-64-v2 needs SSE4.2\n";
#else
        "error: this nativernn is for processors with SSE4.2 (x86-64-v2), which this one lacks\n";
#endif

    __builtin_cpu_init();
    int has_all = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
#if LEVEL >= 3
    has_all = has_all && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#endif
#if LEVEL >= 4
    has_all = has_all && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq");
#endif
    if (has_all)
        return;
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(1);
}
