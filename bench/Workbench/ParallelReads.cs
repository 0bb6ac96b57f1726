using System.Diagnostics;
using System.Globalization;
using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Upstream.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Workbench;

/// <summary>Whether more connections bring an image sooner, from a publisher that limits
/// each of them: whole passes, hashes included.</summary>
internal static class ParallelReads
{
    private static readonly int[] Streams = [1, 2, 4, 8];

    /// <param name="delay">How long the publisher holds every answer back, in milliseconds.</param>
    /// <param name="rate">MiB per second of each connection; zero for no limit.</param>
    public static async Task<int> RunAsync(int mebibytes, int rate, int delay, int rounds)
    {
        var seconds = Streams.ToDictionary(streams => streams, _ => new List<double>());
        var connections = Streams.ToDictionary(streams => streams, _ => 0);
        Digest? digest = null;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var streams in Streams)
            {
                using var publisher = new SlowPublisher((long)mebibytes << 20, rate << 20, TimeSpan.FromMilliseconds(delay));
                var (took, image) = await ReadAsync(publisher.Url, streams);
                seconds[streams].Add(took);
                if (image.Sha256 != (digest ??= image.Sha256))
                    throw new InvalidOperationException($"With {streams} streams other bytes came than with one.");
                connections[streams] = Math.Max(connections[streams], publisher.Connections);
            }
        }

        Console.WriteLine("| streams | seconds (min-max) | times as fast as one | connections |");
        Console.WriteLine("| ---: | ---: | ---: | ---: |");
        foreach (var streams in Streams)
        {
            var these = seconds[streams];
            var factor = Median(seconds[1]) / Median(these);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {streams} | {Median(these):0.00} ({these.Min():0.00}-{these.Max():0.00}) | {factor:0.00} | {connections[streams]} |"));
        }

        return 0;
    }

    private static async Task<(double Seconds, ContentFacts Image)> ReadAsync(Uri url, int streams)
    {
        using var client = new UpstreamClient(
            new UpstreamOptions { ParallelStreams = streams },
            CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal)),
            TimeProvider.System,
            NullLogger<UpstreamClient>.Instance);
        var started = Stopwatch.GetTimestamp();
        await using var body = await client.OpenAsync(url, from: 0, ifRange: null, CancellationToken.None);
        using var hasher = new ContentHasher(sha256: true);
        await new BytePass(body.TotalLength!.Value, _ => { }).PumpAsync(
            body.Content, [hasher], CancellationToken.None, CancellationToken.None);
        var image = hasher.Finish();
        if (image.Length != body.TotalLength)
            throw new InvalidOperationException("The image came short.");
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, image);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
