using System.Text.RegularExpressions;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>A place settings come from, and how a key is spelled there, so that a message names what its reader has before them.</summary>
/// <param name="IsFile">Whether it comes from a file, which the environment and the command line win over.</param>
internal sealed partial record Origin(string Where, Func<string, string> Spell, bool IsFile = false)
{
    /// <summary>A credential of systemd's, whose text is a setting's value as it stands.</summary>
    public const string Credential = "credential";

    /// <summary>A file whose sections are nested: <c>publish.keep</c>.</summary>
    public static Origin File(string path) => new(path, Dotted, IsFile: true);

    /// <summary>A variable or an option with a name of its own, whatever key it ends up as.</summary>
    public static Origin Named(string name, string where) => new(where, _ => name);

    /// <summary>A line of a file whose words are not ours.</summary>
    public static Origin NamedInFile(string name, string path) => new(path, _ => name, IsFile: true);

    public static string Dotted(string path) => Position().Replace(path, "[${position}]").Replace(':', '.');

    [GeneratedRegex(@":(?<position>\d+)(?=:|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Position();
}
