using System.Text;
using Imgsync.Cloud.Tests.Hosted;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Testing.Http;

namespace Imgsync.Cloud.Tests.Secrets;

/// <summary>One way for a run to fail while secrets are at hand. Each secret begins with
/// <c>marked-</c>, wherever it can be chosen.</summary>
/// <param name="Expected">Is written somewhere, which proves that the failure took place.</param>
internal sealed record Provocation(string Expected, Func<HostedScenario, Stage, ImgsyncOptions, ImgsyncOptions> Arrange)
{
    public const string Mark = "marked-";

    /// <summary>As Azure's libraries want it, base64.</summary>
    public static readonly string MarkedKey = Convert.ToBase64String(
        Encoding.ASCII.GetBytes(Mark + "account-key-0123456789abcdef0123456789abcdef"));

    public static Dictionary<string, Provocation> All { get; } = new(StringComparer.Ordinal)
    {
        ["nothing fails"] = new("\"published\":1", (_, _, options) => options),
        ["a wrong password"] = SignIn("Cannot sign in", auth => auth with { Password = Marked("password") }),
        ["a wrong application credential"] = SignIn("Cannot sign in", auth => new()
        {
            Type = "v3applicationcredential",
            AuthUrl = auth.AuthUrl,
            ApplicationCredentialId = "none",
            ApplicationCredentialSecret = Marked("credential"),
        }),
        ["a wrong token"] = SignIn(
            "Cannot sign in", auth =>
                new() { Type = "v3token", AuthUrl = auth.AuthUrl, Token = Marked("token"), ProjectName = auth.ProjectName }),
        ["a Keystone that repeats the password"] = Keystone("401", stage => stage.Server()
            .Always("POST", "/v3/auth/tokens", Answer.Json($$"""{ "error": { "message": "bad: {{Mark}}password" } }""", 401))),
        ["a Glance that repeats the token in a refusal"] = Glance("403", request => Answer.Of(403, Echo(request))),
        ["a Glance that repeats the token in a failure"] = Glance("500", request => Answer.Of(500, Echo(request)).With("Retry-After", "0")),
        ["a Glance that repeats the token and says it is fine"] = Glance(
            "is not what OpenStack's API says", request => Answer.Ok(Echo(request))),
        ["a Glance that hangs up"] = Glance("connection", _ => Answer.Hangup),
        ["an upload that breaks"] = new("the connection broke after", (hosted, stage, options) => options with
        {
            Clouds =
                [hosted.Base.Cloud with { ImageEndpoint = stage.Keep(
                    new FaultProxy(stage.Glance) { Fault = ProxyFault.ResetAfter(30_000).OfUploads() }).Url }],
        }),
        ["a publisher behind a signed URL that is not there"] = Publisher("answered 404", Answer.Of(404)),
        ["a publisher behind a signed URL that fails"] = Publisher("answered 500", Answer.Of(500)),
        ["a publisher behind a signed URL that hangs up"] = Publisher("broke off", Answer.Hangup),
        ["a publisher behind a signed URL that talks nonsense"] = Publisher("is malformed", Answer.Ok("nonsense")),
        ["a publisher behind a user name and password"] = new("with a user name in the URL", (_, stage, options) => options.ReadDebianFrom(
            stage.Server().Always("GET", Manifest, Answer.Redirect($"http://user:{Mark}password@127.0.0.1/")))),
        ["a mirror behind a signed URL that serves something else"] = new("is passed over", (_, stage, options) => options with
        {
            Overrides = new Dictionary<string, DistributionOverrides>(StringComparer.Ordinal)
            {
                ["debian12"] = new() { Mirrors = [stage.Signed(Answer.Ok("other bytes")).Url] },
            },
        }),
        ["a storage account that does not know the key"] = Storage("failed: 403", (string real) => With(real, "AccountKey", MarkedKey)),
        ["a storage account that refuses the shared access signature"] = Storage("failed: 403", (string real) =>
            $"BlobEndpoint={Part(real, "BlobEndpoint")};SharedAccessSignature=sv=2022-11-02&ss=b&srt=sco&sp=rwdlac&se=2099-01-01T00:00:00Z&sig={Mark}sas"),
        ["a connection string that is none"] = Storage("is no connection string", (string _) => $"AccountName=account;{Mark}key"),
    };

    private const string Manifest = "/debian/bookworm/latest/debian-12-genericcloud-amd64.json";

    private static Secret Marked(string what) => new(Mark + what);

    private static string Echo(ScriptedRequest request) =>
        string.Join(' ', request.Headers.Select(header => $"{header.Key}: {header.Value}"));

    private static Provocation SignIn(string expected, Func<KeystoneOptions, KeystoneOptions> change) =>
        new(expected, (hosted, _, options) => options with { Clouds = [hosted.Base.Cloud with { Auth = change(hosted.Base.Cloud.Auth) }] });

    private static Provocation Keystone(string expected, Func<Stage, ScriptedServer> keystone) =>
        new(expected, (hosted, stage, options) => options with
        {
            Clouds =
            [hosted.Base.Cloud with { Auth = hosted.Base.Cloud.Auth with { AuthUrl = new Uri(
                keystone(stage).Url, "v3"), Password = Marked("password") } }],
        });

    private static Provocation Glance(string expected, Func<ScriptedRequest, Answer> answer) =>
        Keystone(expected, stage => stage.SigningIn(Mark + "token").Always("GET", "/image/v2/images", answer));

    private static Provocation Publisher(string expected, Answer answer) =>
        new(expected, (_, stage, options) => options.ReadDebianFrom(stage.Signed(answer)));

    private static Provocation Storage(string expected, Func<string, string> change) => new(expected, (_, stage, options) => options with
    {
        Staging = options.Staging with { ConnectionString = new Secret(change(stage.ConnectionString)) },
    });

    private static string Part(string connection, string name) =>
        connection.Split(';').Single(part => part.StartsWith(name + '=', StringComparison.Ordinal))[(name.Length + 1)..];

    private static string With(string connection, string name, string value) =>
        connection.Replace($"{name}={Part(connection, name)}", $"{name}={value}", StringComparison.Ordinal);
}
