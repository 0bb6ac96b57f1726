using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Testing;

/// <summary>One state folder of <c>tests/devcloud.sh</c> and the commands on it.</summary>
internal sealed class DevCloudInstance(string folder)
{
    private const int PackagesMissing = 4;

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    public string Folder { get; } = folder;

    public string this[string setting] => _settings[setting];

    /// <summary>Starts the instance, or joins the one that runs there already.</summary>
    /// <param name="variables">Further <c>DEVCLOUD_…</c> variables.</param>
    /// <returns>Null, or why this machine cannot run one.</returns>
    public async Task<string?> UpAsync(IReadOnlyDictionary<string, string?> variables, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return "A private Keystone and Glance need Debian's packages.";

        var result = await ExecuteAsync(["up"], variables, cancellationToken);
        if (result.ExitCode == PackagesMissing)
            return result.StandardError.Trim();

        Check(result);
        await ReadSettingsAsync(cancellationToken);
        return null;
    }

    public async Task RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        Check(await ExecuteAsync(arguments, new Dictionary<string, string?>(StringComparer.Ordinal), cancellationToken));

    /// <summary>The ports and passwords the script has chosen, <c>KEY=value</c> lines of two files.</summary>
    private async Task ReadSettingsAsync(CancellationToken cancellationToken)
    {
        foreach (var file in (string[])["instance", "secrets"])
        {
            foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Folder, file), cancellationToken))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                _settings[line[..equals]] = line[(equals + 1)..];
            }
        }
    }

    private async Task<BufferedCommandResult> ExecuteAsync(
        string[] arguments, IReadOnlyDictionary<string, string?> variables, CancellationToken cancellationToken) =>
        await ChildProcess.Command(Checkout.File("tests/devcloud.sh"), arguments)
            .WithEnvironmentVariables(new Dictionary<string, string?>(variables, StringComparer.Ordinal) { ["DEVCLOUD_DIR"] = Folder })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);

    private static void Check(BufferedCommandResult result)
    {
        if (!result.IsSuccess)
            throw new InvalidOperationException($"tests/devcloud.sh ended with exit code {result.ExitCode}: {result.StandardError.Trim()}");
    }
}
