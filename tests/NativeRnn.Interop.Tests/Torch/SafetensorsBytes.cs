using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace NativeRnn.Vectors;

/// <summary>Writes safetensors files.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file of float32 tensors.</summary>
    public static byte[] Write(IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        MemoryStream data = new();
        List<string> entries = ["\"__metadata__\":{\"format\":\"pt\"}"];
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            long begin = data.Length;
            data.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            entries.Add($$"""{{JsonSerializer.Serialize(name)}}:{"dtype":"F32","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{begin}},{{data.Length}}]}""");
        }

        return Join("{" + string.Join(',', entries) + "}", data.ToArray());
    }

    /// <summary>A file of a header, padded to 8 bytes, and data.</summary>
    public static byte[] Join(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Array.Resize(ref text, (text.Length + 7) / 8 * 8);
        text.AsSpan()[Encoding.UTF8.GetByteCount(header)..].Fill((byte)' ');
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data];
    }
}
