using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Imgsync.Micro;

/// <summary>A checksum list, and the last name in it.</summary>
/// <param name="Lines">How many files it has a SHA-256 digest for.</param>
public sealed partial record ListToSearch(string Name, byte[] Content, int Lines, string Wanted)
{
    /// <summary>A list with no lines where the file is something else.</summary>
    public static ListToSearch Read(string path)
    {
        var content = File.ReadAllBytes(path);
        var lines = Line.Matches(Encoding.Latin1.GetString(content));
        return new ListToSearch(Path.GetFileName(path), content, lines.Count, lines.LastOrDefault()?.Groups["name"].Value ?? "");
    }

    /// <summary>Lines as Ubuntu writes them.</summary>
    public static ListToSearch Make(int lines)
    {
        var text = new StringBuilder();
        var wanted = "";
        for (var line = 0; line < lines; line++)
            text.Append(
                CultureInfo.InvariantCulture, $"{line:x64} "
                    + $"*{wanted = $"ubuntu-24.04-server-cloudimg-{line:d4}-amd64-wsl.rootfs.tar.gz"}\n");
        return new ListToSearch("made here", Encoding.ASCII.GetBytes(text.ToString()), lines, wanted);
    }

    /// <summary>What a table shows.</summary>
    public override string ToString() => $"{Name}: {Lines}";

    [GeneratedRegex(
        @"^(?:[0-9a-f]{64} [ *](?<name>[^\r\n]+)|SHA256 \((?<name>[^\r\n]+)\) = "
            + @"[0-9a-f]{64})\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line { get; }
}
