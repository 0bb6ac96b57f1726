using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core.Configuration.Loading;

namespace Imgsync.Cli.Commands.Config;

/// <summary><c>imgsync config show</c>: what counts, and who said so.</summary>
internal static class ConfigShowCommand
{
    private static readonly Column[] Columns = ["key", new("value") { IsText = true }, new("from", Weight: 3)];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var command = new Command("show", "Shows every setting that counts, with where it came from; secrets are masked.") { shared.Json };
        command.SetAction((parsed, _) =>
        {
            var configuration = OptionsLoader.Load(shared.Sources(parsed));
            foreach (var warning in configuration.Warnings)
                terminal.Tell(warning);

            ListAnswer.Show(
                terminal, parsed.GetValue(shared.Json), configuration.Settings, AnswerJson.Default.Settings, Columns, setting =>
                    [setting.Key, setting.Value, setting.Origin]);
            return Task.FromResult(ExitCode.Good);
        });
        return command;
    }
}
