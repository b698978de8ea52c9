/*
 * Numbers in, the network's output out: a whole sequence at once, then step by step with the state handed to another session halfway.
 *
 *   gcc predict.c -I.. -L LIBRARY_FOLDER -lnativernn -Wl,-rpath,LIBRARY_FOLDER -o predict
 *   ./predict MODEL.nrnn < NUMBERS.csv       (one row a time step)
 */
#include "nativernn.h"

#include <stdio.h>
#include <stdlib.h>

/* Ends the program with the library's own words where a call failed. */
static void check(nativernn_status status)
{
    if (status == NATIVERNN_OK)
        return;
    char text[1024] = "";
    size_t size;
    nativernn_last_error(text, sizeof text, &size);
    fprintf(stderr, "error %d: %s\n", status, text);
    exit(1);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        exit(3);
    return memory;
}

/* Numbers separated by commas or white space until the end of the input. */
static float *read_numbers(size_t *count)
{
    size_t capacity = 256;
    float *numbers = allocate(capacity * sizeof *numbers);
    *count = 0;
    while (scanf("%f%*[,]", &numbers[*count]) == 1) {
        if (++*count == capacity) {
            capacity *= 2;
            numbers = realloc(numbers, capacity * sizeof *numbers);
            if (numbers == NULL)
                exit(3);
        }
    }
    return numbers;
}

static void print_last_row(const char *name, const float *row, int32_t size)
{
    printf("%s", name);
    for (int32_t i = 0; i < size; i++)
        printf(" %.9g", row[i]); /* nine digits give back every bit */
    printf("\n");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: predict MODEL.nrnn < NUMBERS.csv\n");
        return 2;
    }

    nativernn_model model;
    check(nativernn_model_load(argv[1], &model));
    int32_t input_size, output_size, returns_sequence;
    check(nativernn_model_describe(model, &input_size, &output_size, &returns_sequence));

    size_t summary_size;
    check(nativernn_model_summary(model, NULL, 0, &summary_size));
    char *summary = allocate(summary_size);
    check(nativernn_model_summary(model, summary, summary_size, &summary_size));
    printf("%s", summary);
    free(summary);

    size_t count;
    float *input = read_numbers(&count);
    size_t steps = count / input_size;
    size_t rows = returns_sequence ? steps : 1;
    float *output = allocate((rows + 1) * output_size * sizeof *output);

    nativernn_session session;
    check(nativernn_session_create(model, 1024, &session));
    check(nativernn_session_run(session, NATIVERNN_ZERO_STATE, input, count, output, rows * output_size));
    print_last_row("run", output + (rows - 1) * output_size, output_size);

    check(nativernn_session_reset(session));
    for (size_t i = 0; i < steps; i++) {
        if (i == steps / 2) {
            size_t state_size;
            check(nativernn_session_save_state(session, NULL, 0, &state_size));
            void *state = allocate(state_size);
            check(nativernn_session_save_state(session, state, state_size, &state_size));
            check(nativernn_session_free(session));
            check(nativernn_session_create(model, 1024, &session));
            check(nativernn_session_load_state(session, state, state_size));
            free(state);
        }
        check(nativernn_session_step(session, input + i * input_size, input_size, output, output_size));
    }
    print_last_row("step", output, output_size);

    check(nativernn_session_free(session));
    check(nativernn_model_free(model));
    free(output);
    free(input);
    return 0;
}
