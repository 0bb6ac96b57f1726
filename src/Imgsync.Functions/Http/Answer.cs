using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Imgsync.Functions.Http;

/// <summary>JSON, problem details (RFC 9457), or a text, that no browser may guess about, frame or keep.</summary>
internal sealed class Answer(int status, object body, string contentType = "application/json") : IActionResult
{
    // The encoder escapes whatever could be markup: names that a caller made up come back in faults.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string? Location { get; init; }

    /// <summary>What a browser may take and do with the answer (CSP level 3).</summary>
    public string Policy { get; init; } = "default-src 'none'; frame-ancestors 'none'";

    public int? RetryAfterSeconds { get; init; }

    public static Answer Problem(
        int status, string title, string? detail = null, IReadOnlyList<string>? faults = null, RunId? run = null,
        int? retryAfterSeconds = null, string? cause = null) =>
        new(status, new Problem("about:blank", title, status, detail, faults, run, cause), "application/problem+json")
        {
            RetryAfterSeconds = retryAfterSeconds,
        };

    public static Answer NotFound() => Problem(StatusCodes.Status404NotFound, "There is no such run");

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers.StrictTransportSecurity = "max-age=31536000";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (Location is not null)
            response.Headers.Location = Location;
        if (RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (body is string text)
            await response.WriteAsync(text, context.HttpContext.RequestAborted);
        else
            await JsonSerializer.SerializeAsync(response.Body, body, body.GetType(), Json, context.HttpContext.RequestAborted);
    }
}

/// <summary>RFC 9457 with members of ours: every fault of a request, the run that is in the way, and a word for why the app is not
/// healthy.</summary>
internal sealed record Problem(
    string Type, string Title, int Status, string? Detail, IReadOnlyList<string>? Faults, RunId? Run, string? Cause);
