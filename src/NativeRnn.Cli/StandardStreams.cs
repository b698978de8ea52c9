using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NativeRnn.Cli;

/// <summary>
/// The process's standard streams, as bytes. System.Console, which also knows a terminal's keys, colours and cursor, would add 137 KB to
/// the executable; only Windows needs it here.
/// </summary>
internal static class StandardStreams
{
    public static Stream OpenInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    public static Stream OpenOutput() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new Writer(1, "standard output");

    public static Stream OpenError() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : new Writer(2, "standard error");

    /// <summary>
    /// Writes to an open descriptor. A FileStream would keep an offset of its own into a regular file and so overwrite what another
    /// program, which has the same redirection, wrote there.
    /// </summary>
    private sealed class Writer(int descriptor, string name) : Stream
    {
        private const int Interrupted = 4; // EINTR
        private const int FullForNow = 11; // EAGAIN, of a descriptor that does not block

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                nint count = Write(descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
                if (count >= 0)
                {
                    buffer = buffer[(int)count..];
                    continue;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == FullForNow)
                    Thread.Sleep(1);
                else if (error != Interrupted)
                    throw new IOException($"Cannot write to {name}: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        [DllImport("libc", EntryPoint = "write", SetLastError = true)]
        private static extern nint Write(int descriptor, ref readonly byte bytes, nint count);
    }
}
