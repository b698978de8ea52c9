/* What the harness needs of the native side besides libFuzzer itself. */
#include <stdlib.h>

/* What the instrumented assemblies count in and libFuzzer looks at after each run; it finds them by the section's name. */
__attribute__((section("__libfuzzer_extra_counters"), used)) unsigned char coverage[1 << 16];

/* libFuzzer ends the process by itself; atexit is no dynamic symbol of the C library. */
int at_exit(void (*end)(void)) { return atexit(end); }
