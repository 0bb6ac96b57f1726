using BenchmarkDotNet.Attributes;
using Imgsync.Core.Integrity.DiskImages;
using Imgsync.Testing.Upstream;

namespace Imgsync.Micro;

/// <summary>The verdict on a qcow2 image of 1 MiB of data, in blocks of 512 KiB as a pass hands them on.</summary>
[MemoryDiagnoser]
public class Inspection
{
    private const int Block = 1 << 19;

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
        var inspector = new DiskImageInspector(new DiskImageLimits());
        for (var from = 0; from < _image.Length; from += Block)
            inspector.Append(_image.AsSpan(from, Math.Min(Block, _image.Length - from)));
        return inspector.Conclude(_image.Length, "qcow2");
    }
}
