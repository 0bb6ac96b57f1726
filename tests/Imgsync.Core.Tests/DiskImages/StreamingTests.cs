using FsCheck;
using Imgsync.Core.DiskImages;

namespace Imgsync.Core.Tests.DiskImages;

public sealed class StreamingTests
{
    private static readonly byte[] Image = Qcow2Sample.Version3().Bytes;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64 * 1024)]
    [InlineData(1024 * 1024)]
    public void The_verdict_does_not_depend_on_how_the_stream_is_cut(int chunkSize)
    {
        var inspector = new DiskImageInspector();

        foreach (var chunk in Image.Chunk(chunkSize))
            inspector.Append(chunk);

        Assert.Equal(Inspection.Of(Image, "qcow2"), inspector.Conclude(Image.Length, "qcow2"));
    }

    [Property]
    public void The_verdict_is_the_same_at_random_borders(NonNegativeInt[] cuts)
    {
        var inspector = new DiskImageInspector();
        var rest = Image.AsSpan();

        foreach (var cut in cuts)
        {
            var length = int.Min(cut.Get * 977, rest.Length);
            inspector.Append(rest[..length]);
            rest = rest[length..];
        }

        inspector.Append(rest);
        Assert.Equal(Inspection.Of(Image, "qcow2"), inspector.Conclude(Image.Length, "qcow2"));
    }

    [Fact]
    public void Bytes_behind_the_head_cost_no_memory()
    {
        var inspector = new DiskImageInspector();
        inspector.Append(Image);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++)
            inspector.Append(Image);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_stream_whose_head_was_not_seen_whole_is_never_accepted(int seen)
    {
        var inspector = new DiskImageInspector();
        inspector.Append(Image.AsSpan(0, seen));

        var refusal = Assert.Throws<DiskImageException>(() => inspector.Conclude(Image.Length, "qcow2"));

        Assert.Contains($"only its first {seen} were inspected", refusal.Message, StringComparison.Ordinal);
    }
}
