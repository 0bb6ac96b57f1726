using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Planning;
using Imgsync.Core.Publishing;
using Imgsync.Core.Publishing.Forms;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Planning;

/// <summary>What a run makes of an image that Glance is importing, or was when somebody looked last.</summary>
public sealed class ImportingTests
{
    /// <summary>The status, the stores that Glance is still at, whose run it is, what it is to be; then what is decided.</summary>
    [Theory]
    [InlineData("importing", "file", "here/this", "c", "goes on")]
    [InlineData("uploading", "", "here/this", "c", "goes on")]
    [InlineData("queued", "", "here/this", "c", "goes on")]
    [InlineData("active", "", "here/this", "c", "goes on")]
    [InlineData("importing", "file", "here/this", "b", "removes it")]
    [InlineData("importing", "file", "here/before", "c", "removes it")]
    [InlineData("active", "spare", "here/before", "c", "removes it")]
    [InlineData("active", "", "here/before", "c", "goes on")]
    [InlineData("active", "", "here/before", "b", "removes it")]
    [InlineData("importing", "file", "there/before", "c", "leaves it")]
    [InlineData("active", "", "there/before", "c", "leaves it")]
    [InlineData("uploading", "", "here/before", "", "removes it")]
    [InlineData("uploading", "", "here/this", "", "removes it")]
    public void An_import_of_this_run_goes_on_and_a_dead_runs_is_finished_if_it_is_whole_and_removed_if_not(
        string status, string at, string run, string content, string expected)
    {
        var plan = Planner.Decide(Case().In(new ImageListing("ours", [Image(status, at, run, content)]), []));

        Assert.Equal(expected, InWords(plan));
    }

    [Fact]
    public void Once_the_image_is_there_an_import_of_it_is_a_leftover()
    {
        var finished = new PlannerCase("20240803=c", "20240803=c", "").Written[0] with { Id = "finished" };

        var plan = Planner.Decide(Case().In(new ImageListing("ours", [finished, Image("importing", "file", "here/this", "c")]), []));

        Assert.Equal(("finished", "1"), (plan.Current?.Id, Assert.Single(plan.Actions).Image.Id));
        Assert.Null(plan.Importing);
    }

    [Fact]
    public void A_forced_publication_takes_up_its_own_import_and_no_other_runs()
    {
        var forced = Case() with { Force = true };

        Assert.NotNull(Planner.Decide(forced.In(new ImageListing("ours", [Image("active", "", "here/this", "c")]), [])).Importing);
        Assert.Null(Planner.Decide(forced.In(new ImageListing("ours", [Image("active", "", "here/before", "c")]), [])).Importing);
    }

    /// <summary>A plugin of Glance's has changed it: whoever began the import tells so.</summary>
    [Theory]
    [InlineData("here/this", "goes on")]
    [InlineData("here/before", "removes it")]
    public void An_import_of_this_run_is_looked_at_whatever_Glance_has_made_of_it(string run, string expected)
    {
        var changed = Image("active", "", run, "c") with { DiskFormat = "vhd" };
        var situation = Case().In(new ImageListing("ours", [changed]), []);
        situation = situation with { Form = new ImageForm(situation.Offer, "raw", Way: null) };

        Assert.Equal(expected, InWords(Planner.Decide(situation)));
    }

    [Fact]
    public void A_plan_says_when_an_image_cannot_go_the_way_that_was_asked_for()
    {
        var situation = Case().In(new ImageListing("ours", []), []);
        situation = situation with
        {
            Publish = new PublishOptions { Upload = UploadMethod.WebDownload },
            Offer = situation.Offer with { Packing = Packing.Xz },
        };

        Assert.Equal(
            "20240803 is not there yet; Glance cannot fetch it by itself, because the publisher packs this image, so it is unpacked on its way",
            Planner.Decide(situation).Actions[0].Reason);
    }

    private static PlannerCase Case() => new("20240803=c,unpublished", "20240803=c", "");

    private static GlanceImage Image(string status, string at, string run, string content)
    {
        var image = Case().Written[0];
        var properties = new Dictionary<string, string>(image.Properties, StringComparer.Ordinal) { ["imgsync.run"] = run };
        if (content is not "")
        {
            var bytes = PlannerCase.BytesOf(content);
            var facts = new ContentFacts(
                bytes.Length, PlannerCase.DigestOf(content, DigestAlgorithm.Sha256), PlannerCase.DigestOf(content, DigestAlgorithm.Sha512));
            properties[ImportMark.Name] = ImportMark.Of(
                new VerifiedContent(facts, new DiskImage("raw", bytes.Length)), image.CreatedAt, link: null).ToString();
        }

        return image with { Status = status, ImportingToStores = at is "" ? [] : [at], Properties = properties };
    }

    private static string InWords(Plan plan) =>
        plan.Importing is not null ? "goes on" : plan.Actions.Any(action => action.Kind is ActionKind.Delete) ? "removes it" : "leaves it";
}
