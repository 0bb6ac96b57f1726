using System.CommandLine;
using Imgsync.Cli.Display;
using Imgsync.Cli.Display.Answers;
using Imgsync.Core;
using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync catalog check</c>: what is wrong in a catalogue file, and what its entries ask publishers for.</summary>
internal static class CatalogCheckCommand
{
    private static readonly Column[] Columns =
    [
        "distribution",
        "title",
        new("newest read from", Weight: 4),
        new("list of digests", Weight: 5),
        new("proven by", Weight: 3),
        new("image", Weight: 2),
        new("raw image", Weight: 6),
    ];

    public static Command Create(SharedOptions shared, Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The catalogue file." };
        var command = new Command(
            "check", "Names every fault of a catalogue file with its line and column, and shows what each of its entries asks for.")
        {
            file, shared.Json,
        };
        command.SetAction(parsed => Check(parsed.GetValue(file)!, shared, parsed, terminal));
        return command;
    }

    private static int Check(string file, SharedOptions shared, ParseResult parsed, Terminal terminal)
    {
        var places = new CatalogPlaces(File.Exists(file) ? File.ReadAllBytes(file) : []);
        try
        {
            var own = CatalogLoader.Load(file, new Dictionary<string, Uri>(StringComparer.Ordinal)).All
                .Where(spec => places.Distributions.Any(key => spec.Key == key || spec.Key == $"{key}-{spec.Architecture.InFileNames()}"))
                .Select(AskedFor.Of)
                .ToList();
            ListAnswer.Show(terminal, parsed.GetValue(shared.Json), own, AnswerJson.Default.CatalogEntries, Columns, one =>
                [one.Distribution, one.Title, one.Newest, one.Digests ?? "-", one.Proof, one.Image, one.RawImage ?? "-"]);
            return ExitCode.Good;
        }
        catch (ConfigurationException wrong)
        {
            List<string> faults = [.. wrong.Faults.Select(fault => places.Locate(file, fault))];
            foreach (var fault in faults)
                terminal.Complain(fault);
            FailureAnswer.Show(parsed, terminal, FailureKind.Of(wrong), faults);
            return ExitCode.SomeFailed;
        }
    }

    /// <summary>What an entry asks for; what the newest revision decides stands in braces.</summary>
    /// <param name="Newest">Where the newest revision is read.</param>
    /// <param name="Proof">The list's signature, or what stands in its place.</param>
    /// <param name="Digests">The list of digests; null where there is none of its own.</param>
    /// <param name="RawImage">The publisher's raw file of the same disk; null for none.</param>
    internal sealed record AskedFor(
        string Distribution, string Title, string Newest, string Proof, string Image, string? Digests = null, string? RawImage = null)
    {
        public static AskedFor Of(DistributionSpec spec)
        {
            var asked = OfImage(spec);
            var raw = spec.Index is IndexFormats.Debian && spec.RawImageName is { } name ? Stamped(name) : spec.RawImageName;
            return asked with { RawImage = raw is null ? null : asked.Image[..(asked.Image.LastIndexOf('/') + 1)] + raw };
        }

        private static AskedFor OfImage(DistributionSpec spec)
        {
            var tree = spec.Publisher.BaseUrl.AbsoluteUri;
            var directory = tree + spec.Path;
            return spec.Index is IndexFormats.Pieces
                ? new AskedFor(
                    spec.Key, spec.Title, NewestOf(spec, tree, directory), ProofOf(spec, directory), directory + spec.ImageName,
                    spec.Pieces?.Digests is { } list ? In(directory, spec.Publisher.Fill(list.File, spec.Architecture)) : null)
                : OfKnown(spec, directory);
        }

        /// <summary>Debian and Ubuntu have a directory for each revision beside the one whose pointer moves.</summary>
        private static AskedFor OfKnown(DistributionSpec spec, string directory)
        {
            var (newest, list, signature, image) = spec.Index is IndexFormats.Debian
                ? (Path.ChangeExtension(spec.ImageName, ".json"), "SHA512SUMS", "SHA512SUMS.sign",
                    Stamped(spec.ImageName))
                : ("unpacked/build-info.txt", "SHA256SUMS", "SHA256SUMS.gpg", spec.ImageName);
            var parent = directory[..(directory.TrimEnd('/').LastIndexOf('/') + 1)];
            var dated = $"{parent}{(directory.EndsWith("/release/", StringComparison.Ordinal) ? "release-" : "")}{NameTemplate.Revision}/";
            return new AskedFor(
                spec.Key, spec.Title, directory + newest,
                spec.Publisher.Signature is SignaturePolicy.None ? $"{dated}{list}, not signed" : dated + signature,
                dated + image, dated + list);
        }

        private static string Stamped(string name) =>
            $"{Path.GetFileNameWithoutExtension(name)}-{NameTemplate.Revision}{Path.GetExtension(name)}";

        private static string NewestOf(DistributionSpec spec, string tree, string directory) => spec.Pieces!.Newest switch
        {
            { In: NewestIn.Entry } => "the entry",
            { File: { } file } => In(tree, spec.Publisher.FillPath(file, spec.Architecture)),
            { In: NewestIn.Listing } => tree + spec.FixedPath,
            _ => directory + spec.Publisher.Fill(spec.Pieces.Digests!.File, spec.Architecture),
        };

        private static string ProofOf(DistributionSpec spec, string directory) => spec switch
        {
            { PinnedDigest: { } digest } => digest,
            { Pieces.Signature: { } signature } => In(directory, spec.Publisher.Fill(signature.File, spec.Architecture)),
            { Pieces.Digests: { } digests } => In(directory, spec.Publisher.Fill(digests.File, spec.Architecture)) + ", not signed",
            _ => "the same document" + (spec.Pieces!.Newest.ClearSigned ? ", signed" : ", not signed"),
        };

        private static string In(string place, string file) => file.Contains("://", StringComparison.Ordinal) ? file : place + file;
    }
}
