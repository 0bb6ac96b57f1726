using BenchmarkDotNet.Attributes;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;

namespace Imgsync.Micro;

/// <summary>Finding the last name of a list: of the longest real one that is at hand, and of one that is made here.</summary>
[MemoryDiagnoser]
public class Checksums
{
    /// <summary>40 times the length of Ubuntu's SHA256SUMS of release-20260725.</summary>
    private const int ManyLines = 40 * 66;

    private static readonly Uri Location = new("https://publisher.example/SHA256SUMS");

    public static IReadOnlyList<ListToSearch> Lists { get; } = Collect();

    [ParamsSource(nameof(Lists))]
    public ListToSearch List { get; set; } = null!;

    [Benchmark]
    public Digest FindTheLast() => ChecksumFile.Find(List.Content, List.Wanted, DigestAlgorithm.Sha256, Location);

    private static ListToSearch[] Collect()
    {
        var made = ListToSearch.Make(ManyLines);
        if (PublisherLists.Longest() is { } real)
            return [real, made];

        Console.Error.WriteLine($"{PublisherSamples.Missing} No real list is searched.");
        return [made];
    }
}
