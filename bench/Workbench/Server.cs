using System.Runtime.InteropServices;
using Imgsync.Testing.Upstream;

namespace Imgsync.Workbench;

/// <summary>The publisher of all benchmarks.</summary>
internal static class Server
{
    public static async Task<int> ServeAsync(string folder, int port)
    {
        await using var server = await FolderServer.StartAsync(folder, CancellationToken.None, port, Console.WriteLine);
        var stopped = new TaskCompletionSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => stopped.TrySetResult());
        await stopped.Task;
        return 0;
    }
}
