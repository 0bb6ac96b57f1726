using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace Imgsync.Testing;

/// <summary>A real storage emulator on loopback, as a class or assembly fixture. All tests of a run share one, so a test takes a
/// container of its own; a test that stops the emulator does so to one of its own (<see cref="StartPrivateAsync"/>).</summary>
public sealed class Azurite : IAsyncLifetime
{
    /// <summary>The connection string of one that runs already; test.sh sets it.</summary>
    public const string SharedVariable = "IMGSYNC_TEST_AZURITE";

    private const int NotInstalled = 4;

    private static readonly Lazy<Task<Azurite>> Shared = new(StartSharedAsync);

    private readonly string? _folder;
    private string? _connectionString;
    private string? _missing;

    public Azurite()
    {
    }

    private Azurite(string? folder, string? connectionString, string? missing)
    {
        _folder = folder;
        _connectionString = connectionString;
        _missing = missing;
    }

    public string ConnectionString
    {
        get
        {
            Requirement.Demand(_missing);
            return _connectionString ?? throw new InvalidOperationException("The fixture is not initialised.");
        }
    }

    /// <summary>An emulator for one test alone. Disposing it purges it.</summary>
    /// <param name="tls">Files of a certificate and its key (PEM), for one that speaks https only and takes tokens.</param>
    public static async Task<Azurite> StartPrivateAsync(
        CancellationToken cancellationToken, (string Certificate, string Key)? tls = null)
    {
        var azurite = await StartAsync(cancellationToken, tls);
        Requirement.Demand(azurite._missing);
        return azurite;
    }

    /// <summary>A container name that no other test has.</summary>
    public static string UniqueContainer() => $"test-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12]}";

    public async ValueTask InitializeAsync()
    {
        if (_connectionString is not null)
            return;

        var shared = await Shared.Value;
        _connectionString = shared._connectionString;
        _missing = shared._missing;
    }

    /// <summary>A shared emulator goes when the process or the test run ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
            await ChangeAsync(CancellationToken.None, "down", "--purge");
    }

    /// <summary>Keeps what is stored; <see cref="RestartAsync"/> serves it again at the same address.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "down");

    /// <summary>Lets it say no goodbye: it forgets what was stored in the last seconds.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "kill");

    public Task RestartAsync(CancellationToken cancellationToken) => ChangeAsync(cancellationToken, "up");

    private async Task ChangeAsync(CancellationToken cancellationToken, params string[] command)
    {
        var folder = _folder
            ?? throw new InvalidOperationException($"Other tests use this emulator: take a private one for '{command[0]}'.");
        Check(await ScriptAsync(folder, tls: null, cancellationToken, command));
    }

    private static async Task<Azurite> StartSharedAsync() =>
        Environment.GetEnvironmentVariable(SharedVariable) is { Length: > 0 } running
            ? new Azurite(folder: null, running, missing: null)
            : await StartAsync(CancellationToken.None);

    private static async Task<Azurite> StartAsync(CancellationToken cancellationToken, (string Certificate, string Key)? tls = null)
    {
        if (OperatingSystem.IsWindows())
            return new Azurite(folder: null, connectionString: null, "The script that starts Azurite needs bash.");

        var folder = Directory.CreateTempSubdirectory("imgsync-azurite-").FullName;
        var start = await ScriptAsync(folder, tls, cancellationToken, "up");
        if (start.ExitCode == NotInstalled)
        {
            Directory.Delete(folder, recursive: true);
            return new Azurite(folder: null, connectionString: null, start.StandardError.Trim());
        }

        Check(start);
        var connection = await ScriptAsync(folder, tls: null, cancellationToken, "connection-string");
        return new Azurite(folder, Check(connection).StandardOutput.Trim(), missing: null);
    }

    private static async Task<BufferedCommandResult> ScriptAsync(
        string folder, (string Certificate, string Key)? tls, CancellationToken cancellationToken, params string[] command) =>
        await ChildProcess.Command(Checkout.File("tests/azurite.sh"), command)
            .WithEnvironmentVariables(variables => variables
                .Set("AZURITE_DIR", folder)
                .Set("AZURITE_CERT", tls?.Certificate)
                .Set("AZURITE_KEY", tls?.Key)
                .Set("AZURITE_OWNER", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);

    private static BufferedCommandResult Check(BufferedCommandResult result) => result.IsSuccess
        ? result
        : throw new InvalidOperationException($"tests/azurite.sh ended with exit code {result.ExitCode}: {result.StandardError.Trim()}");
}
