"""Numbers in, the network's output out, a whole sequence at once and step by step.

    python3 predict.py libnativernn.so MODEL.nrnn < NUMBERS.csv      (one row a time step)
"""
import ctypes
import sys
from ctypes import POINTER, byref, c_float, c_int32, c_size_t, c_uint64


def declare(library):
    """The parameter types of nativernn.h; without them ctypes takes handles for 32-bit numbers."""
    floats = POINTER(c_float)
    types = {
        "nativernn_model_load": [ctypes.c_char_p, POINTER(c_uint64)],
        "nativernn_model_describe": [c_uint64, POINTER(c_int32), POINTER(c_int32), POINTER(c_int32)],
        "nativernn_model_free": [c_uint64],
        "nativernn_session_create": [c_uint64, c_int32, POINTER(c_uint64)],
        "nativernn_session_run": [c_uint64, c_int32, floats, c_size_t, floats, c_size_t],
        "nativernn_session_step": [c_uint64, floats, c_size_t, floats, c_size_t],
        "nativernn_session_reset": [c_uint64],
        "nativernn_session_free": [c_uint64],
        "nativernn_last_error": [ctypes.c_char_p, c_size_t, POINTER(c_size_t)],
    }
    for name, arguments in types.items():
        getattr(library, name).argtypes = arguments


def check(status):
    if status != 0:
        text = ctypes.create_string_buffer(1024)
        library.nativernn_last_error(text, len(text), byref(c_size_t()))
        sys.exit(f"error {status}: {text.value.decode()}")


library = ctypes.CDLL(sys.argv[1])
declare(library)

model = c_uint64()
check(library.nativernn_model_load(sys.argv[2].encode(), byref(model)))
input_size, output_size, returns_sequence = c_int32(), c_int32(), c_int32()
check(library.nativernn_model_describe(model, byref(input_size), byref(output_size), byref(returns_sequence)))

rows = [[float(cell) for cell in line.split(",")] for line in sys.stdin]
steps = [(c_float * len(row))(*row) for row in rows]
sequence = (c_float * sum(map(len, rows)))(*sum(rows, []))
output = (c_float * ((len(rows) if returns_sequence.value else 1) * output_size.value))()
last = (c_float * output_size.value)()

session = c_uint64()
check(library.nativernn_session_create(model, 1024, byref(session)))
check(library.nativernn_session_run(session, 0, sequence, len(sequence), output, len(output)))
print("run", *(f"{value:.9g}" for value in output[-output_size.value:]))

check(library.nativernn_session_reset(session))
for step in steps:
    check(library.nativernn_session_step(session, step, len(step), last, len(last)))
print("step", *(f"{value:.9g}" for value in last))

check(library.nativernn_session_free(session))
check(library.nativernn_model_free(model))
