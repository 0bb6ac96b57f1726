using System.Net;
using Imgsync.Core.Content;
using Imgsync.Core.Http;

namespace Imgsync.Core.Signatures;

/// <summary>
/// A key server, asked over HKP on HTTPS. It is the last resort and the least trusted place: its answers are small,
/// in time, from itself alone, and worth nothing without the pinned fingerprint.
/// </summary>
/// <param name="http">Must not follow redirects: they would make the server choose whom we talk to.</param>
public sealed class KeyServer(HttpClient http, Uri address, TimeProvider time) : IKeySource
{
    private const int LargestAnswer = 1024 * 1024;
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Uri _address =
        address is { IsAbsoluteUri: true, Scheme: "https" } or { IsAbsoluteUri: true, Scheme: "http", IsLoopback: true }
            ? address
            : throw new ConfigurationException("The key server must be an https address; only one on loopback may be http.");

    public string Name => $"the key server {_address.Host}";

    public async Task<ReadOnlyMemory<byte>?> FindAsync(string fingerprint, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await LookUpAsync(fingerprint, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(fingerprint, $"no answer within {Patience.InWords()}", e);
        }
        catch (HttpRequestException e) when (HostNames.IsUnknown(e))
        {
            throw new SignatureException(
                $"Asking {Name} for the key {fingerprint} failed: there is no host of that name; correct signatures.keyServer, look at "
                    + "this machine's DNS, or configure a keyring that has the key.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unavailable(fingerprint, "the connection failed", e);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> LookUpAsync(string fingerprint, CancellationToken cancellationToken)
    {
        var lookup = new Uri(_address, $"/pks/lookup?op=get&options=mr&search=0x{fingerprint}");
        using var request = new HttpRequestMessage(HttpMethod.Get, lookup);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (request.RequestUri != lookup)
            throw Refused(fingerprint, "was redirected");

        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                await using (var body = await response.Content.ReadAsStreamAsync(cancellationToken))
                {
                    var bytes = await body.ReadAtMostAsync(LargestAnswer, cancellationToken)
                        ?? throw Refused(fingerprint, $"sent more than {LargestAnswer.InBytes()}");
                    var (key, fault) = ContentEncodings.Decode(bytes.ToArray(), ContentEncodings.Applied(response, lookup), LargestAnswer);
                    return fault is null ? key : throw Refused(fingerprint, $"answered with {fault}");
                }

            case HttpStatusCode.NotFound:
                return null;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw Unavailable(fingerprint, $"status {(int)response.StatusCode}", null);
            default:
                throw Refused(fingerprint, $"answered with status {(int)response.StatusCode}");
        }
    }

    private KeyUnavailableException Unavailable(string fingerprint, string what, Exception? cause) => new(
        $"Asking {Name} for the key {fingerprint} failed ({what}); try again later, or configure a keyring that has the key.", cause);

    private SignatureException Refused(string fingerprint, string what) => new(
        $"Asking {Name} for the key {fingerprint} failed: it {what}; choose another key server, or configure a keyring that has the key.");
}
