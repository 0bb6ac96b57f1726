using System.CommandLine;
using Imgsync.Cli.Commands.Help;
using Imgsync.Core;
using Imgsync.Core.Reporting;

namespace Imgsync.Cli.Commands.Status;

/// <summary><c>imgsync metrics</c>: how the images stand, for Prometheus.</summary>
internal static class MetricsCommand
{
    /// <summary>node-exporter runs as a user of its own.</summary>
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write them to this file, whole or not at all, such as one ending in .prom for node-exporter's textfile "
                + "collector; - is standard output.",
            HelpName = "FILE",
        };
        var command = new Command("metrics", "Shows how the images stand and how runs ended as metrics for Prometheus; needs no cloud.")
        {
            output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = Session.Open(shared.Sources(parsed), terminal);
            var page = MetricsPage.Of(await session.Get<FigureReader>().ReadAsync(cancellationToken), VersionCommand.Version);
            if (parsed.GetValue(output) is { } file and not Documents.StandardOutput)
                await WriteAsync(Path.GetFullPath(file), page, cancellationToken);
            else
                terminal.AnswerRaw(page.TrimEnd('\n'));
            return ExitCode.Good;
        });
        return command;
    }

    /// <summary>Under a name that the collector does not read, and then the right one: it never sees half a file.</summary>
    private static async Task WriteAsync(string file, string page, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(file) ?? "/", $".{Path.GetFileName(file)}.{Guid.NewGuid():N}");
        try
        {
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            await using (var text = new StreamWriter(stream))
                await text.WriteAsync(page.AsMemory(), cancellationToken);

            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(unfinished, ReadableByAll); // whatever the umask took away
            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MetricsFileException(
                $"The metrics cannot be written to {file}: {exception.Message.TrimEnd('.')}; create the folder, or name another "
                    + "file.",
                exception);
        }
        finally
        {
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }

    private sealed class MetricsFileException(string message, Exception inner) : ImgsyncException(message, inner);
}
