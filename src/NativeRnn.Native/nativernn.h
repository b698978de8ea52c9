/*
 * libnativernn: runs recurrent networks from .nrnn files.
 *
 * Every function returns a nativernn_status. Where it is not NATIVERNN_OK, nativernn_last_error tells why, in the same thread. Results
 * are written through pointers; after a failure a handle received is 0, which no handle is.
 *
 * Models are immutable: any thread may use them. A session runs one call at a time; a second one meanwhile gets NATIVERNN_BUSY. A
 * handle that was freed, or is of the wrong kind, gets NATIVERNN_INVALID_HANDLE.
 */
#ifndef NATIVERNN_H
#define NATIVERNN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum nativernn_status {
    NATIVERNN_OK = 0,
    NATIVERNN_INVALID_ARGUMENT = 1, /* NULL, or a size that does not fit the network */
    NATIVERNN_INVALID_HANDLE = 2,
    NATIVERNN_BUSY = 3,             /* another thread is using the session */
    NATIVERNN_FILE_ERROR = 4,
    NATIVERNN_BAD_FORMAT = 5,       /* not a complete, unaltered model, or state of this model */
    NATIVERNN_NOT_SUPPORTED = 6,    /* a network with a backward direction was asked to step or to go on */
    NATIVERNN_BUFFER_TOO_SMALL = 7,
    NATIVERNN_OUT_OF_MEMORY = 8,
    NATIVERNN_INTERNAL_ERROR = 9
} nativernn_status;

typedef uint64_t nativernn_model;
typedef uint64_t nativernn_session;

/* Where the state of a run starts. */
enum {
    NATIVERNN_ZERO_STATE = 0,
    NATIVERNN_CARRIED_STATE = 1 /* where the call before ended, or as nativernn_session_load_state gave it */
};

/* Reads a model from a file (the path in UTF-8), or from the bytes of one, which it copies. */
nativernn_status nativernn_model_load(const char *path, nativernn_model *model);
nativernn_status nativernn_model_parse(const void *bytes, size_t count, nativernn_model *model);

/* Features of a time step, features of an output row, and whether there is a row for each time step (1) or for each sequence (0). */
nativernn_status nativernn_model_describe(nativernn_model model, int32_t *input_size, int32_t *output_size, int32_t *returns_sequence);

/*
 * The table of layers as UTF-8 text. This and the other functions with a buffer copy everything or nothing and set *size to the bytes
 * needed, for a text with the zero at its end; a NULL buffer of capacity 0 asks for the size alone.
 */
nativernn_status nativernn_model_summary(nativernn_model model, char *buffer, size_t capacity, size_t *size);

/* Sessions of the model live on. */
nativernn_status nativernn_model_free(nativernn_model model);

/* max_steps, at least 1: the longest sequence of a network with a backward direction; others take sequences of any length. */
nativernn_status nativernn_session_create(nativernn_model model, int32_t max_steps, nativernn_session *session);

/*
 * Runs a sequence. input is [steps, input_size] row-major, input_count its number of floats. output is [output_size], or
 * [steps, output_size] where the network has a row for each time step; output_count must be exactly that. An encoder-decoder fills any
 * number of rows [rows, output_size], at least one. They must not overlap.
 */
nativernn_status nativernn_session_run(
    nativernn_session session, int32_t initial_state, const float *input, size_t input_count, float *output, size_t output_count);

/* Takes one time step, input_size floats in and output_size out, and carries the state on. Allocates nothing. */
nativernn_status nativernn_session_step(
    nativernn_session session, const float *input, size_t input_count, float *output, size_t output_count);

/* Sets the state to zero. */
nativernn_status nativernn_session_reset(nativernn_session session);

/* The state as the bytes of a state file, and back; the bytes do not depend on the processor. */
nativernn_status nativernn_session_save_state(nativernn_session session, void *buffer, size_t capacity, size_t *size);
nativernn_status nativernn_session_load_state(nativernn_session session, const void *bytes, size_t count);

nativernn_status nativernn_session_free(nativernn_session session);

/* The text of this thread's last failure; empty before the first. */
nativernn_status nativernn_last_error(char *buffer, size_t capacity, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
