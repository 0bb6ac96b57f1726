using CliWrap;

namespace Imgsync.Testing;

/// <summary>How tests start programs.</summary>
public static class ChildProcess
{
    /// <summary>
    /// The program answers to signals as on a terminal, whatever the test run was told to ignore: a shell without job control
    /// lets what it starts in the background ignore Ctrl-C, nohup lets it ignore a hang-up, and children inherit that.
    /// </summary>
    public static Command Command(string program, params IEnumerable<string> arguments) => OperatingSystem.IsLinux()
        ? CliWrap.Cli.Wrap("env").WithArguments(["--default-signal=HUP,INT,QUIT,PIPE,TERM", program, .. arguments])
        : CliWrap.Cli.Wrap(program).WithArguments(arguments);
}
