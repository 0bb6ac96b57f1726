using System.Text;
using Imgsync.Core.Configuration;
using Imgsync.Core.Signatures;
using Imgsync.Core.Signatures.Documents;
using Imgsync.Core.Staging.Folders;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Time.Testing;
using static Imgsync.Core.Tests.Signatures.Verification;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>Where keys are looked for, and when the next place is asked.</summary>
public sealed class KeyFinderTests : IAsyncDisposable
{
    private readonly TestKey _publisher = TestKey.Ed25519();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imgsync-keys");
    private readonly ScriptedServer _server = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private string Lookup => $"/pks/lookup?op=get&options=mr&search=0x{_publisher.Fingerprint}";

    private string Cached => Path.Combine(_folder.FullName, "staging", "keys", $"{_publisher.Fingerprint}.gpg");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [Shows("a-configured-keyring-may-be-a-binary-file")]
    public async Task A_configured_keyring_may_be_a_binary_file()
    {
        var file = Write("own.gpg", TestKeyring.Of(_publisher).Bytes);

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(new SignatureOptions { Keyrings = [file], KeyServer = null }));
    }

    [Fact]
    public async Task A_configured_keyring_may_be_an_armoured_file_with_several_keys_and_remarks()
    {
        var text = $"our mirrors\n{TestKeyring.Of(TestKey.Ed25519()).Armoured}\nthe publisher\n{TestKeyring.Of(_publisher).Armoured}";
        var file = Write("own.asc", Encoding.ASCII.GetBytes(text));

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(new SignatureOptions { Keyrings = [file], KeyServer = null }));
    }

    [Fact]
    [Shows("a-configured-keyring-may-be-indented-text")]
    public async Task A_configured_keyring_may_be_indented_text()
    {
        var text = "  " + TestKeyring.Of(_publisher).Armoured.Replace("\n", "\n  ", StringComparison.Ordinal);

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(new SignatureOptions { Keyrings = [text], KeyServer = null }));
    }

    [Fact]
    [Shows("the-systems-keyrings-are-read")]
    public async Task The_systems_keyrings_are_read()
    {
        Write("ubuntu-cloudimage-keyring.gpg", TestKeyring.Of(_publisher).Bytes);

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(new SignatureOptions { KeyServer = null }));
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_does_not_spoil_the_others_of_its_keyring()
    {
        byte[] unreadableKey = [0x98, 3, 99, 0, 0];
        byte[] unreadableSignature = [0x88, 3, 99, 0, 0];
        var file = Write("own.gpg", [.. unreadableKey, .. TestKeyring.Of(_publisher).With(unreadableSignature).Bytes]);

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(new SignatureOptions { Keyrings = [file], KeyServer = null }));
    }

    [Theory]
    [InlineData("not a keyring")]
    [InlineData("")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA")]
    public async Task A_configured_keyring_that_is_none_is_named_in_the_refusal(string text)
    {
        var file = Write("own.gpg", Encoding.ASCII.GetBytes(text));

        var refusal = await RefusalAsync(VerifyAsync(new SignatureOptions { Keyrings = [file], KeyServer = null }));

        Assert.StartsWith($"Reading the keyring {file} failed: it", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_keyring_that_is_missing_is_named_in_the_refusal()
    {
        var refusal = await RefusalAsync(VerifyAsync(new SignatureOptions { Keyrings = ["/nowhere/own.gpg"], KeyServer = null }));

        Assert.Equal(
            "Reading the keyring /nowhere/own.gpg failed (DirectoryNotFoundException); correct the keyrings of the signature settings.",
            refusal);
    }

    [Fact]
    public async Task A_keyring_of_the_wrong_key_and_no_key_server_is_a_refusal()
    {
        var file = Write("own.gpg", TestKeyring.Of(TestKey.Ed25519()).Bytes);

        await AssertRefusedAsync(
            VerifyAsync(new SignatureOptions { Keyrings = [file], KeyServer = null }),
            $"no place that was asked has a pinned key ({_publisher.Fingerprint})");
    }

    [Fact]
    [Shows("with-a-key-at-hand-the-key-server-is-not-asked")]
    public async Task With_a_key_at_hand_the_key_server_is_not_asked() =>
        await VerifyAsync(new SignatureOptions { Keyrings = [TestKeyring.Of(_publisher).Armoured], KeyServer = _server.Url });

    [Fact]
    [Shows("a-key-from-the-key-server-is-used-and-then-taken-from-the-cache")]
    public async Task A_key_from_the_key_server_is_used_and_then_taken_from_the_cache()
    {
        _server.On("GET", Lookup, Answer.Ok(TestKeyring.Of(_publisher).Armoured));

        var first = await VerifyAsync(new SignatureOptions { KeyServer = _server.Url });
        var second = await VerifyAsync(new SignatureOptions { KeyServer = _server.Url });

        Assert.Equal(_publisher.Fingerprint, first);
        Assert.Equal(_publisher.Fingerprint, second);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(Keyring.LargestKeyring + 1)]
    public async Task A_damaged_cache_is_filled_anew(int length)
    {
        Cache(new byte[length]);
        _server.On("GET", Lookup, Answer.Ok(TestKeyring.Of(_publisher).Armoured));

        await VerifyAsync(new SignatureOptions { KeyServer = _server.Url });

        Assert.Equal(TestKeyring.Of(_publisher).Bytes.Length, new FileInfo(Cached).Length);
    }

    [Fact]
    public async Task When_the_key_at_hand_has_expired_the_key_server_may_have_a_prolonged_one()
    {
        var expired = new TestKeyring(_publisher).WithUserId(lifetime: TimeSpan.FromDays(365));
        Cache(expired.Bytes);
        _server.On("GET", Lookup, Answer.Ok(TestKeyring.Of(_publisher).Armoured));
        var options = new SignatureOptions { Keyrings = [expired.Armoured], KeyServer = _server.Url };

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(options));
    }

    [Fact]
    public async Task When_the_key_at_hand_lacks_the_subkey_the_key_server_may_have_it()
    {
        var subkey = TestKey.Ed25519();
        _server.On("GET", Lookup, Answer.Ok(TestKeyring.Of(_publisher).WithSubkey(subkey).Armoured));
        var options = new SignatureOptions { Keyrings = [TestKeyring.Of(_publisher).Armoured], KeyServer = _server.Url };

        Assert.Equal(_publisher.Fingerprint, await VerifyAsync(options, subkey.Sign(Document)));
    }

    [Fact]
    public async Task A_key_that_is_revoked_or_a_content_that_is_altered_is_not_taken_to_the_key_server()
    {
        var revoked = new SignatureOptions
        {
            Keyrings = [new TestKeyring(_publisher).Revoked().WithUserId().Armoured],
            KeyServer = _server.Url,
        };
        var good = revoked with { Keyrings = [TestKeyring.Of(_publisher).Armoured] };

        await AssertRefusedAsync(VerifyAsync(revoked), "is revoked");
        await AssertRefusedAsync(VerifyAsync(good, _publisher.Sign("other"u8.ToArray())), "does not match the content");
    }

    [Fact]
    [Shows("a-key-server-that-sends-another-key-gains-nothing")]
    public async Task A_key_server_that_sends_another_key_gains_nothing()
    {
        var forger = TestKey.Ed25519();
        _server.On("GET", Lookup, Answer.Ok(TestKeyring.Of(forger).Armoured));

        await RefusalAsync(VerifyAsync(new SignatureOptions { KeyServer = _server.Url }, forger.Sign(Document)));

        Assert.False(File.Exists(Cached));
    }

    private Task<string> VerifyAsync(SignatureOptions options, byte[]? signature = null)
    {
        var cache = new KeyCache(new FolderDocumentStore(Path.Combine(_folder.FullName, "staging")));
        var time = new FakeTimeProvider(TestKey.Now);
        return new SignatureVerifier(new KeyFinder(options, cache, _http, time, _folder.FullName), time)
            .VerifyAsync(signature ?? _publisher.Sign(Document), _publisher.Fingerprint);
    }

    private void Cache(byte[] keyring)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Cached)!);
        File.WriteAllBytes(Cached, keyring);
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
