using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cli.Tests;

/// <summary>The program in a home of its own, so that no settings of this machine's user count.</summary>
internal sealed class ProgramRun : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("imgsync-cli-");

    public string Home => _home.FullName;

    /// <summary>Set for every run; null takes a variable of this process away.</summary>
    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal) { ["OS_AUTH_URL"] = null, ["NO_COLOR"] = null };

    /// <summary>The built program; with <c>IMGSYNC_TEST_PROGRAM</c> the file that it names, such as a release's.</summary>
    public static string[] Program { get; } = System.Environment.GetEnvironmentVariable("IMGSYNC_TEST_PROGRAM") is { Length: > 0 } file
        ? [file] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "imgsync.dll")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Write(string name, string text)
    {
        var file = Path.Combine(Home, name);
        File.WriteAllText(file, text);
        return file;
    }

    public Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunAsync(Program[0], [.. Program[1..], .. arguments]);

    /// <summary>Runs the program under another one, such as a pseudo-terminal.</summary>
    public async Task<BufferedCommandResult> RunAsync(string program, string[] arguments) =>
        await Command(program, arguments).ExecuteBufferedAsync(Cancel);

    /// <summary>Starts it and comes back at once, with its process id and a task that ends when it does.</summary>
    public CommandTask<BufferedCommandResult> Start(params string[] arguments) =>
        Command(Program[0], [.. Program[1..], .. arguments]).ExecuteBufferedAsync(Cancel);

    public void Dispose() => _home.Delete(recursive: true);

    private Command Command(string program, string[] arguments) => ChildProcess.Command(program, arguments)
        .WithWorkingDirectory(Home)
        .WithEnvironmentVariables(new Dictionary<string, string?>(Environment, StringComparer.Ordinal) { ["HOME"] = Home })
        .WithValidation(CommandResultValidation.None);
}
