using System.Net;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using RestSharp.Interceptors;

namespace Imgsync.Core.Glance;

/// <summary>Reads a good answer out of the buffer that it came in, and lets go of that. RestSharp would keep it as bytes and as text, too,
/// which for a list of images are arrays so large that .NET collects them last.</summary>
internal sealed class LongAnswer<T>(Func<JsonElement, T> read) : Interceptor
{
    private T? _value;
    private ExceptionDispatchInfo? _failure = ExceptionDispatchInfo.Capture(new InvalidOperationException("No good answer has come."));

    /// <exception cref="Exception">Whatever reading it has thrown.</exception>
    public T Value
    {
        get
        {
            _failure?.Throw();
            return _value!;
        }
    }

    public override async ValueTask AfterHttpRequest(HttpResponseMessage responseMessage, CancellationToken cancellationToken)
    {
        if (responseMessage.StatusCode is not HttpStatusCode.OK)
            return;

        try
        {
            using var body = responseMessage.Content;
            using var json = await JsonDocument.ParseAsync(await body.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
            (_value, _failure) = (read(json.RootElement), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }

        responseMessage.Content = new ByteArrayContent([]);
    }
}
