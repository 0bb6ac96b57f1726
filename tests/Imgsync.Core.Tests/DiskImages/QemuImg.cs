using System.Diagnostics;
using System.Text.Json;

namespace Imgsync.Core.Tests.DiskImages;

/// <summary>QEMU's own tool, which makes images for these tests and says what it sees in them. The product never runs it.</summary>
internal sealed class QemuImg : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("imgsync-qemu-").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    public async Task RunAsync(params IEnumerable<string> arguments)
    {
        var (exitCode, _, error) = await TryRunAsync(arguments);

        // For LUKS it times itself, and gives up by chance where the machine's clock of CPU time is coarse.
        for (var i = 0; i < 50 && error.Contains("accurate CPU usage", StringComparison.Ordinal); i++)
            (exitCode, _, error) = await TryRunAsync(arguments);

        Assert.True(exitCode == 0, error);
    }

    /// <summary>The format and virtual size that qemu-img sees; null when it cannot open the image.</summary>
    public async Task<(string Format, long VirtualSize)?> DescribeAsync(string name, string? asFormat = null)
    {
        string[] format = asFormat is null ? [] : ["-f", asFormat];
        var (exitCode, output, _) = await TryRunAsync(["info", "--output=json", .. format, name]);
        if (exitCode != 0)
            return null;

        using var json = JsonDocument.Parse(output);
        return (json.RootElement.GetProperty("format").GetString()!, json.RootElement.GetProperty("virtual-size").GetInt64());
    }

    /// <summary>What it says where it fails; null where it does not.</summary>
    public async Task<string?> FaultAsync(params IEnumerable<string> arguments) =>
        await TryRunAsync(arguments) is (not 0, _, var error) ? error : null;

    /// <summary>Writes to a disk as a machine would.</summary>
    public async Task WriteAsync(params IEnumerable<string> arguments)
    {
        var (exitCode, output, error) = await TryRunAsync(arguments, "qemu-io");
        Assert.True(exitCode == 0, output + error);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private async Task<(int ExitCode, string Output, string Error)> TryRunAsync(
        IEnumerable<string> arguments, string program = "qemu-img")
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
