using Imgsync.Core.DiskImages;

namespace Imgsync.Core.Tests.DiskImages;

internal static class Inspection
{
    public static DiskImage Of(ReadOnlySpan<byte> bytes, string expectedFormat, long maxVirtualSize = DiskImageInspector.MaxVirtualSize)
    {
        var inspector = new DiskImageInspector(maxVirtualSize);
        inspector.Append(bytes);
        return inspector.Conclude(bytes.Length, expectedFormat);
    }

    public static void IsRefused(ReadOnlySpan<byte> bytes, string expectedFormat, string rule) =>
        Assert.Contains(rule, RefusalOf(bytes, expectedFormat), StringComparison.Ordinal);

    public static string RefusalOf(ReadOnlySpan<byte> bytes, string expectedFormat)
    {
        try
        {
            Of(bytes, expectedFormat);
        }
        catch (DiskImageException refusal)
        {
            return refusal.Message;
        }

        Assert.Fail("The image was accepted.");
        return "";
    }
}
