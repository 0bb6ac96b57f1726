using System.Diagnostics;

namespace Imgsync.Cloud.Tests;

/// <summary>What QEMU makes of an image.</summary>
internal static class QemuImg
{
    /// <summary>The whole disk in a qcow2 file.</summary>
    public static async Task<byte[]> RawAsync(string qcow2, CancellationToken cancellationToken)
    {
        Requirement.DemandProgram("qemu-img", "apt-get install qemu-utils");
        var folder = Directory.CreateTempSubdirectory("imgsync-raw-");
        try
        {
            var raw = Path.Combine(folder.FullName, "disk");
            using var process = Process.Start("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", qcow2, raw]);
            await process.WaitForExitAsync(cancellationToken);
            Assert.Equal(0, process.ExitCode);
            return await File.ReadAllBytesAsync(raw, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
