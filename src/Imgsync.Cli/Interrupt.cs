using System.Runtime.InteropServices;

namespace Imgsync.Cli;

/// <summary>Ctrl-C and a polite kill ask for a clean end; a second one is not waited for.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupt(Terminal terminal)
    {
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];

        void Stop(PosixSignalContext context)
        {
            if (_source.IsCancellationRequested)
                return;

            context.Cancel = true;
            terminal.TellBelow("Stopping; what has been downloaded is kept (once more to stop at once) ...");
            _source.Cancel();
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }
}
