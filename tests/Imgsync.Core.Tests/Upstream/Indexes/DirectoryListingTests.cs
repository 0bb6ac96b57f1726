using System.Diagnostics;
using System.Text;
using Imgsync.Core.Upstream;
using Imgsync.Core.Upstream.Indexes;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Upstream.Indexes;

public sealed class DirectoryListingTests
{
    private static readonly Uri Asked = new("http://mirror.example/ubuntu/noble/");

    [Theory]
    [Shows("a-directory-listing-is-read-in-every-usual-form")]
    [InlineData("""<a href="20240605.1/">20240605.1/</a>""")]
    [InlineData("""<a href="20240605.1">x</a>""")]
    [InlineData("<a href='20240605.1/'>x</a>")]
    [InlineData("<a href=20240605.1/>x</a>")]
    [InlineData("<a href=20240605.1>x</a>")]
    [InlineData("""<A HREF="20240605.1/">x</A>""")]
    [InlineData("""<A hReF='20240605.1/'>x</A>""")]
    [InlineData("""<a class="dir" title='a > b' data-href="elsewhere/" href="20240605.1/" rel=x>x</a>""")]
    [InlineData("""<a class="dir"href="20240605.1/">x</a>""")]
    [InlineData("<a\n\thref\n =\t \"20240605.1/\"\n>x</a>")]
    [InlineData("""<a href=" 20240605.1/ ">x</a>""")]
    [InlineData("""<a href="./20240605.1/">x</a>""")]
    [InlineData("""<a href="other/../20240605.1/">x</a>""")]
    [InlineData("""<a href="../noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="http://mirror.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="http://MIRROR.example:80/ubuntu/noble/20240605.1">x</a>""")]
    [InlineData("""<a href="https://mirror.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="//mirror.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="20240605.1/?C=N;O=D">x</a>""")]
    [InlineData("""<a href="20240605.1/?C=N&amp;O=D#top">x</a>""")]
    [InlineData("""<a href="20240605.1/#top">x</a>""")]
    [InlineData("""<a href="20240605%2E1/">x</a>""")]
    [InlineData("""<a href="20240605.1%2F">x</a>""")]
    [InlineData("""<a href="%32%30240605.1%2f">x</a>""")]
    [InlineData("""<a href="&#50;0240605&#x2e;1&#47;">x</a>""")]
    [InlineData("""<?xml version="1.0"?><!DOCTYPE html><html><a href="20240605.1/">x</a></html>""")]
    [InlineData("""[{"name":"20240605.1","type":"directory","mtime":"Thu, 06 Jun 2024 01:00:00 GMT"}]""")]
    [InlineData("""[{"name":"20240605.1/","size":4096,"url":"./20240605.1/","is_dir":true,"is_symlink":false}]""")]
    [InlineData("""{"path":"/ubuntu/noble","items":[{"Name":"20240605.1","IsDir":true}]}""")]
    [InlineData("""{"children":[{"uri":"/ubuntu/noble/20240605.1","folder":true}]}""")]
    [InlineData("""{"prefixes":["ubuntu/noble/20240605.1/"]}""")]
    [InlineData("\uFEFF [\"20240605.1/\"]")]
    [InlineData("""<?xml version="1.0"?><list><directory mtime="2024-06-06T01:00:00Z">20240605.1</directory></list>""")]
    [InlineData("""
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>ubuntu/noble/</Prefix><CommonPrefixes><Prefix>ubuntu/noble/20240605.1/</Prefix></CommonPrefixes></ListBucketResult>
        """)]
    [InlineData("<ListBucketResult><CommonPrefixes><Prefix>noble%2F20240605.1%2F</Prefix></CommonPrefixes></ListBucketResult>")]
    public void A_directory_listing_is_read_in_every_usual_form(string listing) =>
        Assert.Contains("20240605.1", Names(listing));

    [Theory]
    [Shows("a-directory-listing-never-leads-out-of-its-directory")]
    [InlineData("""<a href="../20240605.1/">x</a>""")]
    [InlineData("""<a href="%2e%2e/20240605.1/">x</a>""")]
    [InlineData("""<a href="..%2f20240605.1/">x</a>""")]
    [InlineData("""<a href="%2e%2e%2f20240605.1/">x</a>""")]
    [InlineData("""<a href="..\20240605.1/">x</a>""")]
    [InlineData("""<a href="..%5c20240605.1/">x</a>""")]
    [InlineData("""<a href="&#46;&#46;/20240605.1/">x</a>""")]
    [InlineData("""<a href="/20240605.1/">x</a>""")]
    [InlineData("""<a href="/debian/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="/ubuntu/noble-other/20240605.1/">x</a>""")]
    [InlineData("""<a href="http://other.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="//other.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="http://mirror.example:8080/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="http://mirror.example@other.example/ubuntu/noble/20240605.1/">x</a>""")]
    [InlineData("""<a href="deeper/20240605.1/">x</a>""")]
    [InlineData("""<a href="20240605.1/deeper/">x</a>""")]
    [InlineData("""<a href="javascript:20240605.1/">x</a>""")]
    [InlineData("""<a href="?20240605.1/">x</a>""")]
    [InlineData("""<a data-href="20240605.1/">20240605.1</a>""")]
    [InlineData("""<abbr href="20240605.1/">x</abbr>""")]
    [InlineData("""[{"name":"../20240605.1"},{"name":"..\\20240605.1"},{"url":"http://other.example/ubuntu/noble/20240605.1"}]""")]
    [InlineData("""<list><directory>../20240605.1</directory></list>""")]
    [InlineData("""<ListBucketResult><Prefix>debian/20240605.1/</Prefix></ListBucketResult>""")]
    [InlineData("""<!DOCTYPE list [<!ENTITY e SYSTEM "file:///etc/passwd">]><list><directory>&e;</directory></list>""")]
    public void A_directory_listing_never_leads_out_of_its_directory(string listing) =>
        Assert.DoesNotContain(Names(listing), name => name.Contains("20240605.1", StringComparison.Ordinal));

    [Fact]
    public void After_a_redirect_links_lead_from_where_the_answer_came()
    {
        const string Listing = """<a href="/pub/cloud/noble/1/"></a><a href="/ubuntu/noble/2/"></a><a href="3/"></a><a href="/noble/4/"></a>""";

        Assert.Equal(["1", "3"], Names(Listing, new Uri("http://other.example/pub/cloud/noble/index.html")));
        Assert.Equal(["1", "2", "3"], Names(Listing, new Uri("http://mirror.example/pub/cloud/noble/")));
    }

    [Fact]
    public void Each_name_is_there_once_in_the_order_of_the_listing() =>
        Assert.Equal(["b", "a"], Names("""<a href="../">up</a><a href="?C=N">Name</a><a href="b/"><img></a><a href="a/"></a><a href="./b">b</a>"""));

    [Theory]
    [InlineData("<a ")]
    [InlineData("<a href=\"")]
    [InlineData("<a href='x\"")]
    [InlineData("<a href=\"x\" ")]
    [InlineData("<a href=x><b>")]
    [InlineData("<a a=")]
    [InlineData("[")]
    [InlineData("{\"name\":")]
    [InlineData("[\"a\",")]
    [InlineData("<list><directory>a</directory>")]
    [InlineData("<list>")]
    [InlineData("\0")]
    public void Four_mib_of_anything_are_read_in_seconds(string part)
    {
        var listing = new StringBuilder(part is ['<', 'l', ..] ? "<list>" : "");
        while (listing.Length < 4 << 20)
            listing.Append(part);
        var started = Stopwatch.GetTimestamp();

        Names(listing.ToString());

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static IReadOnlyList<string> Names(string listing, Uri? answered = null) =>
        DirectoryListing.Names(new UpstreamFile(Encoding.UTF8.GetBytes(listing), Version: null, answered ?? Asked), Asked);
}
