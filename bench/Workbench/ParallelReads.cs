using System.Diagnostics;
using System.Globalization;
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
        for (var round = 0; round < rounds; round++)
        {
            foreach (var streams in Streams)
            {
                using var publisher = new SlowPublisher((long)mebibytes << 20, rate << 20, TimeSpan.FromMilliseconds(delay));
                seconds[streams].Add(await ReadAsync(publisher.Url, streams));
                connections[streams] = publisher.Connections;
            }
        }

        Console.WriteLine("| streams | seconds | times as fast | connections |");
        Console.WriteLine("| ---: | ---: | ---: | ---: |");
        foreach (var streams in Streams)
        {
            var (one, these) = (Median(seconds[1]), Median(seconds[streams]));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {streams} | {these:0.0} | {one / these:0.00} | {connections[streams]} |"));
        }

        return 0;
    }

    private static async Task<double> ReadAsync(Uri image, int streams)
    {
        using var client = new UpstreamClient(
            new UpstreamOptions { ParallelStreams = streams }, TimeProvider.System, NullLogger<UpstreamClient>.Instance);
        var started = Stopwatch.GetTimestamp();
        await using var body = await client.OpenAsync(image, from: 0, ifRange: null, CancellationToken.None);
        using var hasher = new ContentHasher();
        await new BytePass(body.TotalLength!.Value, _ => { }).PumpAsync(
            body.Content, [hasher], CancellationToken.None, CancellationToken.None);
        if (hasher.Finish().Length != body.TotalLength)
            throw new InvalidOperationException("The image came short.");
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
