using System.CommandLine;
using System.Text;
using Imgsync.Cli.Commands.Help;

namespace Imgsync.Cli.CommandLine;

/// <summary>The man page, written from the commands and options themselves, in the macros of man(7).</summary>
internal sealed class ManPage
{
    private readonly StringBuilder _page = new();

    private static readonly (string Code, string Meaning)[] ExitCodes =
    [
        ("0", "It went well."),
        ("1", "Something failed; the others were done. Of imgsync plan --detailed-exitcode: an error."),
        ("2", "The command line or the settings are wrong; nothing was done. " +
            "Of imgsync plan --detailed-exitcode: there is something to do."),
        ("130", "Stopped by Ctrl-C or SIGTERM; what was downloaded is kept."),
    ];

    private static readonly (string File, string Meaning)[] Files =
    [
        ("imgsync.json, imgsync.yaml", "The settings, here, in ~/.config/imgsync or in /etc/imgsync."),
        ("imgsync.conf", "The settings of the Python tool; understood as they are."),
        ("clouds.yaml, secure.yaml", "Where to sign in, as for every OpenStack client."),
    ];

    private static readonly (string Variable, string Meaning)[] Variables =
    [
        ("OS_*", "Where to sign in, as for every OpenStack client."),
        ("IMGSYNC__*", "Any setting: IMGSYNC__PUBLISH__KEEP is publish.keep."),
        ("NO_COLOR", "If set and not empty, nothing is coloured; --color says otherwise."),
        ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxy, and what is reached without."),
    ];

    private ManPage()
    {
    }

    public static string Write(RootCommand root)
    {
        var page = new ManPage();
        page.Macro("TH", "IMGSYNC", "1", "", $"imgsync {VersionCommand.Version.Split('+')[0]}", "User Commands");
        page.Macro("SH", "NAME");
        page.Text("imgsync - keeps an OpenStack cloud's images current");
        page.Macro("SH", "SYNOPSIS");
        page.Macro("B", "imgsync");
        page.Text("[options] command [arguments]");
        page.Macro("SH", "DESCRIPTION");
        page.Text(root.Description ?? "");
        page.WriteOptions("OPTIONS OF EVERY COMMAND", root.Options);
        page.Macro("SH", "COMMANDS");
        foreach (var command in Leaves(root))
            page.WriteCommand(command);
        page.WriteList("EXIT STATUS", ExitCodes);
        page.WriteList("FILES", Files);
        page.WriteList("ENVIRONMENT", Variables);
        page.Macro("SH", "EXAMPLES");
        page.WriteExamples(root);
        return page._page.ToString();
    }

    private static IEnumerable<Command> Leaves(Command parent) => parent.Subcommands.Where(command => !command.Hidden)
        .SelectMany(command => command.Subcommands.Count == 0 ? [command] : Leaves(command));

    private void WriteCommand(Command command)
    {
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        var usage = string.Concat(arguments.Select(argument => argument.Arity.MinimumNumberOfValues > 0
            ? $" {argument.Name}"
            : $" [{argument.Name}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}]"));
        Macro("SS", $"imgsync {Examples.Path(command)}{usage}");
        Text(command.Description ?? "");
        foreach (var argument in arguments)
            Entry(() => Macro("I", argument.Name), argument.Description);
        foreach (var option in command.Options.Where(option => !option.Hidden))
            WriteOption(option);
        WriteExamples(command);
    }

    private void WriteOptions(string heading, IEnumerable<Option> options)
    {
        Macro("SH", heading);
        foreach (var option in options.Where(option => !option.Hidden))
            WriteOption(option);
    }

    private void WriteOption(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias.Length == 2 && alias[0] == '-' && alias is not "-?")
            .Append(option.Name));
        var value = option.HelpName is { } name ? $" {name}" : "";
        Entry(() => Macro("B", names + value), option.Description);
    }

    private void WriteExamples(Command command)
    {
        foreach (var (line, what) in Examples.Of(command))
            Entry(() => Macro("B", line), what is "" ? null : what);
    }

    private void WriteList(string heading, IEnumerable<(string Name, string Meaning)> entries)
    {
        Macro("SH", heading);
        foreach (var (name, meaning) in entries)
            Entry(() => Macro("B", name), meaning);
    }

    private void Entry(Action tag, string? text)
    {
        Macro("TP");
        tag();
        Text(text ?? "");
    }

    private void Macro(string name, params string[] arguments)
    {
        _page.Append('.').Append(name);
        foreach (var argument in arguments)
            _page.Append(" \"").Append(Escaped(argument).Replace("\"", "\\(dq", StringComparison.Ordinal)).Append('"');
        _page.Append('\n');
    }

    /// <summary>A line of text; one that begins with a full stop or an apostrophe would be taken for a macro.</summary>
    private void Text(string text)
    {
        if (text is not "")
            _page.Append(text[0] is '.' or '\'' ? @"\&" : "").Append(Escaped(text)).Append('\n');
    }

    private static string Escaped(string text) => text.ReplaceLineEndings(" ")
        .Replace(@"\", @"\e", StringComparison.Ordinal)
        .Replace("-", @"\-", StringComparison.Ordinal)
        .Replace("~", @"\(ti", StringComparison.Ordinal)
        .Replace("'", @"\(aq", StringComparison.Ordinal)
        .Replace("…", @"\[u2026]", StringComparison.Ordinal);
}
