using System.Collections.Concurrent;
using System.Reflection;
using DurableTask.Core;
using Grpc.Net.Client;
using Imgsync.Core;
using Imgsync.Core.Runs;
using Imgsync.Core.Sync;
using Imgsync.Functions.Workflow;
using Imgsync.Functions.Workflow.Batches;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Imgsync.Functions.Tests.Engine;

/// <summary>The real Durable engine with our orchestrators, its store in memory. One serves a whole test assembly: each run names
/// itself in all that its activities are given, and they do what that run's test says (docs/adr/0013).</summary>
public sealed class WorkflowEngine : IAsyncLifetime
{
    private readonly ConcurrentDictionary<RunId, EngineRun> _runs = new();
    private WebApplication? _server;
    private IHost? _worker;
    private GrpcChannel? _channel;
    private int _started;

    public DurableTaskClient Client => _worker!.Services.GetRequiredService<DurableTaskClient>();

    /// <summary>What the worker logs, the orchestrators' own lines among it.</summary>
    internal Testing.CapturedLog Log { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _server = Server();
        await _server.StartAsync();
        _channel = GrpcChannel.ForAddress(_server.Urls.Single());
        _worker = Worker(_channel);
        await _worker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
            await _worker.StopAsync();
        _worker?.Dispose();
        _channel?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Starts a run as an instance of its own, so that tests can share the engine.</summary>
    internal async Task<EngineRun> StartAsync(RunStart start, IActivities activities)
    {
        var instance = $"imgsync-test-{Interlocked.Increment(ref _started)}";
        var run = _runs[start.Run] = new EngineRun(this, instance, start.Run, activities);
        await Client.ScheduleNewOrchestrationInstanceAsync(nameof(SyncOrchestrator), start, new StartOrchestrationOptions(instance));
        return run;
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(
            kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var store = new InMemoryOrchestrationService();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(ManyAtOnce.Over(store));
        builder.Services.AddSingleton<IOrchestrationServiceClient>(store);
        builder.Services.AddSingleton<TaskHubGrpcServer>();
        var server = builder.Build();
        server.MapGrpcService<TaskHubGrpcServer>();
        return server;
    }

    private IHost Worker(GrpcChannel channel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Log);
        builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(Register).UseGrpc(channel));
        builder.Services.AddDurableTaskClient(client => client.UseGrpc(channel).RegisterDirectly());
        return builder.Build();
    }

    private void Register(DurableTaskRegistry tasks)
    {
        Orchestrator<RunStart, RunSummary>(nameof(SyncOrchestrator), SyncOrchestrator.RunAsync);
        Orchestrator<SyncBatch, BatchSummary>(nameof(BatchOrchestrator), BatchOrchestrator.RunAsync);
        Activity<RunStart, RunPlan>(nameof(SyncActivities.PlanRun), start => start.Run, (test, start) => test.PlanAsync(start));
        Activity<SyncWork, SyncResult>(nameof(SyncActivities.SyncDistribution), work => work.Run, (test, work) => test.SyncAsync(work));
        Activity<PruneWork, PruneReport>(nameof(SyncActivities.PruneSuperseded), work => work.Run, (test, work) => test.PruneAsync(work));
        Activity<BatchOutcomes, bool>(
            nameof(SyncActivities.StoreOutcomes), batch => batch.Run, Done<BatchOutcomes>((test, batch) => test.StoreAsync(batch)));
        Activity<RunEnd, RunEnded>(nameof(SyncActivities.EndRun), end => end.Run, (test, end) => test.EndAsync(end));
        Activity<Telling, bool>(
            nameof(SyncActivities.TellReceiver), telling => telling.Run, Done<Telling>((test, telling) => test.TellAsync(telling)));
        Activity<RunWarning, bool>(
            nameof(SyncActivities.WarnInReport), warning => warning.Run, Done<RunWarning>((test, warning) => test.WarnAsync(warning)));

        // By the type of its input the engine knows how to read it, even for an orchestrator that asks for it itself.
        void Orchestrator<TInput, TResult>(string name, Func<TaskOrchestrationContext, Task<TResult>> orchestrate)
        {
            Func<TaskOrchestrationContext, TInput, Task<TResult>> typed = (context, _) => orchestrate(context);
            tasks.AddOrchestratorFunc(name, typed);
        }

        void Activity<TInput, TResult>(string name, Func<TInput, RunId> runOf, Func<IActivities, TInput, Task<TResult>> perform) =>
            tasks.AddActivityFunc<TInput, TResult>(
                name, (context, input) => _runs[runOf(input)].PerformAsync(name, context.InstanceId, input, perform));

        static Func<IActivities, TInput, Task<bool>> Done<TInput>(Func<IActivities, TInput, Task> perform) => async (test, input) =>
        {
            await perform(test, input);
            return true;
        };
    }

    /// <summary>Lets the engine work on many things at once. By itself it takes as many as the machine has cores,
    /// and when these are taken looks again every half second.</summary>
#pragma warning disable CA1852 // a proxy is a class derived from this one at run time
    private class ManyAtOnce : DispatchProxy
#pragma warning restore CA1852
    {
        private const int Most = 1000;

        private IOrchestrationService? _inner;

        public static IOrchestrationService Over(IOrchestrationService inner)
        {
            var many = Create<IOrchestrationService, ManyAtOnce>();
            ((ManyAtOnce)many)._inner = inner;
            return many;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name
            is $"get_{nameof(IOrchestrationService.MaxConcurrentTaskActivityWorkItems)}" or $"get_{nameof(IOrchestrationService.MaxConcurrentTaskOrchestrationWorkItems)}"
            ? Most
            : targetMethod.Invoke(_inner, args);
    }
}

/// <summary>What the activities of one run do.</summary>
internal interface IActivities
{
    Task<RunPlan> PlanAsync(RunStart start);

    Task<SyncResult> SyncAsync(SyncWork work);

    Task StoreAsync(BatchOutcomes batch);

    Task<PruneReport> PruneAsync(PruneWork work);

    Task<RunEnded> EndAsync(RunEnd end);

    Task TellAsync(Telling telling);

    Task WarnAsync(RunWarning warning);
}
