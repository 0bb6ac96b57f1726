using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Imgsync.Testing;

namespace Imgsync.Functions.Tests;

/// <summary>The real worker in a process of its own, as a host starts it.</summary>
public sealed class WorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All at once, since each that ended it would end it before the others are read.</summary>
    [Fact]
    public async Task Settings_that_are_wrong_in_every_way_end_no_worker()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Imgsync__Publsih__Keep"] = "many",
            ["Imgsync__Staging__BlobEndpoint"] = "https://account.blob.example.org",
            ["IMGSYNC_SCHEDULE"] = "never",
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=;",
            ["Logging__LogLevel__Default"] = "Loud",
            ["Kestrel__Endpoints__Http__Url"] = "nowhere",
            ["AZURE_AUTHORITY_HOST"] = "nowhere",
            ["AzureFunctionsJobHost__functionTimeout"] = "long",
            ["AzureWebJobsStorage"] = "nowhere",
            ["HTTPS_PROXY"] = "no://where:::",
        };

        Assert.Null(await EndOfWorkerAsync(settings));
    }

    [Fact]
    public async Task Wrong_variables_for_an_identity_or_for_telemetry_end_no_worker()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/",
            ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "Authorization=AAD",
            ["AZURE_TOKEN_CREDENTIALS"] = "nobody",
            ["OTEL_BSP_MAX_QUEUE_SIZE"] = "-1",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "-5",
            ["OTEL_TRACES_SAMPLER"] = "nothing",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "=,;%zz",
        };

        Assert.Null(await EndOfWorkerAsync(settings));
    }

    /// <returns>What the worker has written before it ended by itself; null when it came to ask its host for work instead.</returns>
    private static async Task<string?> EndOfWorkerAsync(Dictionary<string, string?> settings)
    {
        using var host = new TcpListener(IPAddress.Loopback, port: 0);
        host.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var worker = ChildProcess.Command(
                "dotnet", Path.Combine(AppContext.BaseDirectory, "Imgsync.Functions.dll"),
                "--Functions:Worker:HostEndpoint", $"http://{host.LocalEndpoint}", "--Functions:Worker:WorkerId", "worker",
                "--Functions:Worker:RequestId", "request", "--Functions:Worker:GrpcMaxMessageLength", "1000000")
            .WithEnvironmentVariables(settings).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(stop.Token).Task;

        var asked = host.AcceptSocketAsync(stop.Token).AsTask();
        var first = await Task.WhenAny(worker, asked);
        if (first == worker)
            return (await worker).StandardError;

        using var connection = await asked;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
        return null;
    }
}
