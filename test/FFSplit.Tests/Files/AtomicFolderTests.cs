using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Tests.Files;

public class AtomicFolderTests
{
    [Fact]
    public void A_folder_appears_only_when_it_is_committed()
    {
        using var place = new TemporaryFolder();
        using (var output = AtomicFolder.Create(place.File("out") + Path.DirectorySeparatorChar))
        {
            Write(output, "config.json");
            Assert.False(Directory.Exists(place.File("out")));
            Assert.Equal(place.File("out"), output.Target);
            output.Commit();
        }
        Assert.Equal(["out"], place.Entries);
        Assert.True(File.Exists(place.File("out/config.json")));
    }

    [Fact]
    public void Without_commit_nothing_is_left()
    {
        using var place = new TemporaryFolder();
        using (var output = AtomicFolder.Create(place.File("out"))) Write(output, "sub/config.json");
        Assert.Empty(place.Entries);
    }

    [Fact]
    public void An_existing_folder_is_not_replaced_unless_forced()
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("out"));
        var thrown = Assert.Throws<BadUsageException>(() => AtomicFolder.Create(place.File("out")));
        Assert.Contains(place.File("out"), thrown.Message, StringComparison.Ordinal);
        Assert.Contains("--force", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(["out"], place.Entries);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("ffsplit.json")]
    [InlineData(null)]
    public void Forced_a_folder_like_ours_or_an_empty_one_is_replaced_whole(string? mark)
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("out"));
        if (mark is not null)
        {
            place.Write("out/" + mark, "old");
            place.Write("out/stale", "old");
        }
        using (var output = AtomicFolder.Create(place.File("out"), force: true))
        {
            Write(output, "config.json");
            if (mark is not null) Assert.True(File.Exists(place.File("out/stale")));
            output.Commit();
        }
        Assert.Equal(["out"], place.Entries);
        Assert.Equal("new", File.ReadAllText(place.File("out/config.json")));
        Assert.False(File.Exists(place.File("out/stale")));
    }

    [Fact]
    public void Forced_and_not_committed_the_old_folder_stays()
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("out"));
        place.Write("out/config.json", "old");
        using (var output = AtomicFolder.Create(place.File("out"), force: true)) Write(output, "config.json");
        Assert.Equal("old", File.ReadAllText(place.File("out/config.json")));
        Assert.Equal(["out"], place.Entries);
    }

    [Fact]
    public void When_the_new_folder_cannot_be_moved_the_old_one_is_put_back()
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("out"));
        place.Write("out/config.json", "old");
        using (var output = AtomicFolder.Create(place.File("out"), force: true))
        {
            Directory.Delete(output.WorkFolder);
            Assert.ThrowsAny<IOException>(output.Commit);
        }
        Assert.Equal("old", File.ReadAllText(place.File("out/config.json")));
        Assert.Equal(["out"], place.Entries);
    }

    [Fact]
    public void Even_forced_a_strangers_folder_is_not_replaced()
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("home"));
        place.Write("home/diary.txt", "dear");
        Assert.Contains(
            "even with --force",
            Assert.Throws<BadUsageException>(() => AtomicFolder.Create(place.File("home"), force: true)).Message,
            StringComparison.Ordinal);
        Assert.Equal(["home"], place.Entries);
    }

    [Fact]
    public void What_comes_to_stand_at_the_target_meanwhile_is_not_replaced()
    {
        using var place = new TemporaryFolder();
        using (var output = AtomicFolder.Create(place.File("out")))
        {
            Directory.CreateDirectory(place.File("out"));
            place.Write("out/config.json", "another run's");
            Assert.Throws<BadUsageException>(output.Commit);
        }
        Assert.Equal("another run's", File.ReadAllText(place.File("out/config.json")));
        Assert.Equal(["out"], place.Entries);
    }

    [Fact]
    public void A_file_or_the_root_is_no_place_for_a_folder()
    {
        using var place = new TemporaryFolder();
        Assert.Throws<BadUsageException>(() => AtomicFolder.Create(place.Write("f", "x"), force: true));
        Assert.Throws<BadUsageException>(() => AtomicFolder.Create(place.File("f/out")));
        Assert.Throws<BadUsageException>(() => AtomicFolder.Create(Path.GetPathRoot(place.Path)!, force: true));
    }

    [Theory]
    [InlineData("in", "in", " is ")]
    [InlineData("in", "in/", " is ")]
    [InlineData("in", "in/sub/out", "lies in")]
    [InlineData("in", ".", "contains")]
    [InlineData("in", "other/../in/out", "lies in")]
    [InlineData("in", "link", " is ")]
    [InlineData("in", "link/out", "lies in")]
    [InlineData("link", "in", " is ")]
    public void An_output_that_touches_the_input_is_refused(string input, string output, string message)
    {
        using var place = WithLink();
        Assert.Contains(
            message,
            Assert.Throws<BadUsageException>(() => AtomicFolder.EnsureApart(place.File(input), place.File(output))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in", "out")]
    [InlineData("in", "in2")]
    [InlineData("in2", "in")]
    [InlineData("in", "other/in")]
    public void An_output_apart_from_the_input_is_accepted(string input, string output)
    {
        using var place = WithLink();
        AtomicFolder.EnsureApart(place.File(input), place.File(output));
    }

    static TemporaryFolder WithLink()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need a right that Windows users seldom have.");
        var place = new TemporaryFolder();
        Directory.CreateDirectory(place.File("in"));
        Directory.CreateSymbolicLink(place.File("link"), "in");
        return place;
    }

    static void Write(AtomicFolder output, string name)
    {
        var path = Path.Combine(output.WorkFolder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "new");
    }
}
