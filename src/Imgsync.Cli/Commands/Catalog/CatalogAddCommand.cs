using System.CommandLine;
using System.Text.Json.Nodes;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Adding;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync catalog add</c>: an entry for an image on any web server or on this machine.</summary>
internal static class CatalogAddCommand
{
    private const string DefaultFile = "catalog.json";

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var image = new Argument<string>("IMAGE") { Description = "The image's URL, or a file on this machine." };
        var file = Text("--file", "FILE", $"The catalogue file. Default: that of the setting catalog, else {DefaultFile} here.");
        var key = Text("--key", "KEY", "What settings and commands call it. Default: by its name.");
        var name = Text("--name", "TITLE", "What people call it, and its images are called after. Default: by its name.");
        var arch = Text("--arch", "ARCH", "amd64, arm64, ppc64el, s390x or riscv64. Default: by its name.");
        var login = Text("--login", "USER", "The user that cloud-init prepares. Default: that of its distribution.");
        var minDisk = new Option<int?>("--min-disk") { Description = "Glance's min_disk, where its size is not enough.", HelpName = "GIB" };
        var digest = Text("--digest", "DIGEST", "The digest that its publisher tells, after sha256: or sha512:.");
        var pin = new Option<bool>("--pin")
        {
            Description = "Download it once and trust what comes (trust on first use), where nobody publishes a digest.",
        };
        var trust = new Option<string[]>("--trust")
        {
            Description = "The full fingerprint of the key that signs its digests, compared with the publisher's own page.",
            HelpName = "FINGERPRINT",
        };
        var force = new Option<bool>("--force") { Description = "Replace an entry of the same key." };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Show the entry, write nothing." };
        var command = new Command(
            "add", "Writes an entry for an image on any web server or on this machine: asks for it, and looks beside it for digests and "
                + "their signature.")
        {
            image, file, key, name, arch, login, minDisk, digest, pin, trust, force, dryRun, shared.Json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new AddRequest
            {
                Image = Place(parsed.GetValue(image)!),
                Key = parsed.GetValue(key),
                Title = parsed.GetValue(name),
                Architecture = parsed.GetValue(arch) is { } word ? ArchitectureOf(word) : null,
                Login = parsed.GetValue(login),
                MinDisk = parsed.GetValue(minDisk),
                Digest = parsed.GetValue(digest) is { } text ? DigestOf(text) : null,
                Pin = parsed.GetValue(pin),
                Trust = [.. (parsed.GetValue(trust) ?? []).Select(FingerprintOf)],
            };
            var target = new Target(parsed.GetValue(file), parsed.GetValue(force), parsed.GetValue(dryRun));
            await AddAsync(request, shared, parsed, target, terminal, cancellationToken);
            return ExitCode.Good;
        });
        return command;
    }

    private static async Task AddAsync(
        AddRequest request, SharedOptions shared, ParseResult parsed, Target target, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var session = Session.Open(shared.Sources(parsed), terminal);
        var setting = session.Get<ImgsyncOptions>().Catalog;
        var file = target.File ?? setting ?? DefaultFile;
        if (request.Pin || request.Image.IsFile)
            terminal.Tell($"Reading all of {request.Image.InMessages()} for its digest.");

        var builtIn = CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));
        var entry = await session.Get<ImageEntries>().WriteAsync(request, builtIn, cancellationToken);
        var whole = CatalogText.With(file, entry.Entry, target.Force);
        Show(entry, file, target.DryRun, parsed.GetValue(shared.Json), terminal);
        if (target.DryRun)
            return;

        new Documents(terminal, overwrite: true, [file]).Write(file, whole, isSecret: false);
        var isNamed = setting is not null && Path.GetFullPath(setting) == Path.GetFullPath(file);
        terminal.Tell($"Try it: imgsync sync {entry.Distribution} --download-only{(isNamed ? "" : $" --set catalog={file}")}");
    }

    /// <param name="File">Null where nobody says.</param>
    private sealed record Target(string? File, bool Force, bool DryRun);

    private static Option<string?> Text(string option, string value, string what) => new(option) { Description = what, HelpName = value };

    private static void Show(NewEntry entry, string target, bool dryRun, bool asJson, Terminal terminal)
    {
        if (asJson)
            JsonAnswer.Show(terminal, AddedEntry.Of(entry, target, dryRun), AnswerJson.Default.AddedEntry);
        else if (dryRun)
            terminal.Answer(CatalogText.Of(entry.Entry).TrimEnd('\n'));
        else
            terminal.AnswerSentence(Sentence(entry));
        foreach (var note in entry.Notes)
            terminal.Warn(note);
    }

    private static string Sentence(NewEntry entry) =>
        $"{entry.Distribution}: {(entry.Follows ? "the newest of" : "stays at")} {entry.Image.InMessages()}, {entry.DiskFormat}"
        + (entry.Size is { } size ? $", {size >> 20} MiB" : "")
        + (entry.ChangedAt is { } changed ? $", changed {changed.UtcDateTime:yyyy-MM-dd}" : "")
        + $"; {entry.Digest.Algorithm.Label()}" + (entry.ListedIn is { } list ? $" from {list.InMessages()}" : "")
        + (entry.SignedBy is { } key ? $", signed by {key}" : "") + "; private.";

    /// <exception cref="ConfigurationException">It is neither.</exception>
    private static Uri Place(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
            return new Uri(Path.GetFullPath(text));
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { UserInfo: "", Query: "", Fragment: "" }
            && url.Scheme is "http" or "https" or "file"
                ? url
                : throw new ConfigurationException(
                    $"{text.Shortened()} must be a file, or an http, https or file URL without a user name, a query and a fragment.");
    }

    private static Architecture ArchitectureOf(string word) =>
        Enum.GetValues<Architecture>().Where(one => word.ToLowerInvariant() is var small
            && (small == one.InFileNames() || small == one.InGlance())).Select(one => (Architecture?)one).FirstOrDefault()
        ?? throw new ConfigurationException(
            $"--arch {word.Shortened()} must be one of "
                + $"{string.Join(", ", Enum.GetValues<Architecture>().Select(one => one.InFileNames()))}.");

    private static Digest DigestOf(string text) => Digest.TryParse(text.ToLowerInvariant(), out var digest)
        ? digest
        : throw new ConfigurationException(
            $"--digest {text.Shortened()} must be sha256: or sha512: and the digest in hexadecimal, 64 or 128 digits.");

    private static string FingerprintOf(string text) =>
        text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() is { Length: 40 } digits && digits.All(char.IsAsciiHexDigit)
            ? digits
            : throw new ConfigurationException($"--trust {text.Shortened()} must be a full fingerprint, 40 hexadecimal digits.");

    /// <param name="Catalogue">The file that the entry was written into, or would be.</param>
    /// <param name="Written">Whether it was.</param>
    /// <param name="Follows">Whether it follows newer images; else it stays at this one.</param>
    /// <param name="Size">In bytes; null where the server does not say.</param>
    /// <param name="ListedIn">The list that has its digest; null for none.</param>
    /// <param name="SignatureNames">The keys that the list's signature names, which proves nothing yet; null where it has none.</param>
    /// <param name="SignedBy">The key that is trusted and did sign.</param>
    /// <param name="Entry">What was added to the file.</param>
    /// <param name="Notes">What was guessed, and what somebody has to look at.</param>
    internal sealed record AddedEntry(
        string Distribution, string Catalogue, bool Written, bool Follows, Uri Image, long? Size, DateTimeOffset? ChangedAt,
        string DiskFormat, Digest Digest, Uri? ListedIn, IReadOnlyList<string>? SignatureNames, string? SignedBy, JsonObject Entry,
        IReadOnlyList<string> Notes)
    {
        public static AddedEntry Of(NewEntry entry, string target, bool dryRun) => new(
            entry.Distribution, target, !dryRun, entry.Follows, entry.Image, entry.Size, entry.ChangedAt, entry.DiskFormat, entry.Digest,
            entry.ListedIn, entry.SignatureNames, entry.SignedBy, entry.Entry, entry.Notes);
    }
}
