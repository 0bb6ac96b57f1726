using BenchmarkDotNet.Attributes;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Testing.Upstream;

namespace Imgsync.Micro;

/// <summary>The verdict on a qcow2 image of 1 MiB of data, in blocks as a pass hands them on.</summary>
[MemoryDiagnoser]
public class Inspection
{
    private byte[] _image = [];

    [GlobalSetup]
    public void Make()
    {
        using var file = new MemoryStream();
        new Qcow2Builder().WriteTo(file);
        _image = file.ToArray();
    }

    [Benchmark]
    public DiskImage Qcow2()
    {
        var inspector = new DiskImageInspector();
        for (var from = 0; from < _image.Length; from += BytePass.BlockBytes)
            inspector.Append(_image.AsSpan(from, Math.Min(BytePass.BlockBytes, _image.Length - from)));
        return inspector.Conclude(_image.Length, "qcow2");
    }
}
