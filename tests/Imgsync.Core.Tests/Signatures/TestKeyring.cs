using System.Buffers.Binary;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Imgsync.Core.Tests.Signatures;

/// <summary>A published key, put together packet by packet so that any of them can be wrong or missing.</summary>
internal sealed class TestKeyring(TestKey primary)
{
    private const string UserId = "Images <images@example.org>";
    private readonly List<byte> _packets = [.. primary.PrimaryPacket];

    public byte[] Bytes => [.. _packets];

    public string Armoured => Armour("PUBLIC KEY BLOCK", Bytes);

    /// <summary>A primary key as it should be.</summary>
    public static TestKeyring Of(TestKey primary) => new TestKeyring(primary).WithUserId();

    public TestKeyring WithUserId(
        int? flags = PgpKeyFlags.CanCertify | PgpKeyFlags.CanSign,
        TimeSpan? lifetime = null,
        SigningStyle? style = null,
        TestKey? signer = null)
    {
        _packets.AddRange(new UserIdPacket(UserId).GetEncoded());
        var statement = Statement(PgpSignature.PositiveCertification, flags, lifetime, style);
        return With((signer ?? primary).MakeSignature(HashedUserId(), statement));
    }

    public TestKeyring WithRevokedUserId() =>
        With(primary.MakeSignature(HashedUserId(), new SigningStyle { Type = PgpSignature.CertificationRevocation }));

    public TestKeyring WithDirectStatement(int? flags, TimeSpan? lifetime = null) =>
        With(primary.MakeSignature(primary.Hashed, Statement(PgpSignature.DirectKey, flags, lifetime, style: null)));

    public TestKeyring WithSubkey(
        TestKey subkey,
        int? flags = PgpKeyFlags.CanSign,
        TimeSpan? lifetime = null,
        SigningStyle? style = null,
        TestKey? binder = null,
        TestKey? consenter = null,
        bool consents = true)
    {
        byte[] both = [.. primary.Hashed, .. subkey.Hashed];
        var binding = Statement(PgpSignature.SubkeyBinding, flags, lifetime, style);
        if (consents)
        {
            var consenting = new SigningStyle { Type = PgpSignature.PrimaryKeyBinding, At = binding.At };
            var consent = (consenter ?? subkey).MakeSignature(both, consenting);
            binding = binding with { Unhashed = packets => packets.AddEmbeddedSignature(isCritical: false, consent) };
        }

        _packets.AddRange(subkey.SubkeyPacket);
        return With((binder ?? primary).MakeSignature(both, binding));
    }

    public TestKeyring Revoked() => With(primary.MakeSignature(primary.Hashed, new SigningStyle { Type = PgpSignature.KeyRevocation }));

    public TestKeyring RevokedSubkey(TestKey subkey) =>
        With(primary.MakeSignature([.. primary.Hashed, .. subkey.Hashed], new SigningStyle { Type = PgpSignature.SubkeyRevocation }));

    public TestKeyring With(PgpSignature signature) => With(signature.GetEncoded());

    public TestKeyring With(byte[] packet)
    {
        _packets.AddRange(packet);
        return this;
    }

    public static string Armour(string kind, byte[] bytes, bool withCheck = true)
    {
        var crc = new Crc24();
        foreach (var b in bytes)
            crc.Update(b);

        var check = withCheck ? $"={Convert.ToBase64String([(byte)(crc.Value >> 16), (byte)(crc.Value >> 8), (byte)crc.Value])}\n" : "";
        var lines = string.Join('\n', Convert.ToBase64String(bytes).Chunk(64).Select(line => new string(line)));
        return $"-----BEGIN PGP {kind}-----\n\n{lines}\n{check}-----END PGP {kind}-----\n";
    }

    private byte[] HashedUserId()
    {
        var id = Encoding.UTF8.GetBytes(UserId);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, id.Length);
        return [.. primary.Hashed, 0xb4, .. length, .. id];
    }

    private static SigningStyle Statement(int type, int? flags, TimeSpan? lifetime, SigningStyle? style)
    {
        var shortAfterBirth = new SigningStyle { At = TestKey.Birth.AddDays(1) };
        return (style ?? shortAfterBirth) with
        {
            Type = type,
            Hashed = packets =>
            {
                if (flags is { } some)
                    packets.SetKeyFlags(isCritical: true, some);
                if (lifetime is { } time)
                    packets.SetKeyExpirationTime(isCritical: true, (long)time.TotalSeconds);
                style?.Hashed?.Invoke(packets);
            },
        };
    }
}
