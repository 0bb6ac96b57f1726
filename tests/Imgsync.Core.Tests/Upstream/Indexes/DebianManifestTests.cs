using System.Text;
using System.Text.Json;
using Imgsync.Core.Upstream.Indexes;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class DebianManifestTests
{
    private static readonly byte[] Real = [.. """
        {"items":[{"kind":"Upload","data":{"ref":"a/b"},"metadata":{"annotations":{"cloud.debian.org/digest":"sha512:AA"},
        "labels":{"upload.cloud.debian.org/image-format":"qcow2","cloud.debian.org/version":"20240717-1811"}}}]}
        """u8];

    [Fact]
    public void Tells_pointer_version_and_digest_of_an_upload()
    {
        var upload = DebianManifest.Parse(Real).FindUpload("qcow2")!;

        Assert.Equal(("a/b", "20240717-1811", "sha512:AA"), (upload.Ref, upload.Version, upload.Digest));
    }

    [Theory]
    [InlineData("\\uD800")]
    [InlineData("\\uDC00\\uD800")]
    public void Text_that_is_none_is_nothing(string escaped)
    {
        var manifest = Encoding.UTF8.GetString(Real).Replace("a/b", escaped, StringComparison.Ordinal);

        Assert.Null(DebianManifest.Parse(Encoding.UTF8.GetBytes(manifest)).FindUpload("qcow2")!.Ref);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{\"kind\":\"Build\"}")]
    public void A_list_of_as_many_items_as_fit_takes_no_more_memory_than_a_few_times_its_bytes(string item)
    {
        var manifest = Encoding.ASCII.GetBytes($"{{\"items\":[{item}{string.Concat(Enumerable.Repeat("," + item, 1 << 20))}]}}");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(DebianManifest.Parse(manifest).FindUpload("qcow2"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32L * manifest.Length);
    }

    [Property(MaxTest = 5000)]
    public void No_change_to_it_makes_it_fail_in_any_other_way_than_as_malformed_json(int place, byte value)
    {
        var changed = Real.ToArray();
        changed[(place & int.MaxValue) % changed.Length] = value;

        var failure = Record.Exception(() => Read(DebianManifest.Parse(changed).FindUpload("qcow2")));

        Assert.True(failure is null or JsonException, $"{failure}");
    }

    private static object? Read(DebianManifest.Item? upload) => upload is null ? null : (upload.Ref, upload.Version, upload.Digest);
}
