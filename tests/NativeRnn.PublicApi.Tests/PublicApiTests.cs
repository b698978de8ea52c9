using System.Reflection;
using System.Runtime.CompilerServices;
using PublicApiGenerator;

namespace NativeRnn.PublicApi.Tests;

/// <summary>
/// The public surface of each library, as text under <c>Approved</c>, so that whoever reads a change sees what it does to callers. After a
/// change on purpose, <c>NATIVERNN_APPROVE=1 dotnet test tests/NativeRnn.PublicApi.Tests</c> writes the files anew; commit them.
/// </summary>
public sealed class PublicApiTests
{
    private const string ApproveVariable = "NATIVERNN_APPROVE";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = [typeof(SkipLocalsInitAttribute).FullName!, typeof(CompilerFeatureRequiredAttribute).FullName!],
    };

    public static TheoryData<string> Libraries => ["NativeRnn", "NativeRnn.Data", "NativeRnn.Interop", "NativeRnn.Training"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_IsAsApproved(string library)
    {
        string actual = Assembly.Load(library).GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(SourceFile(library), actual);
            return;
        }

        string approved = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Approved", library + ".txt")).ReplaceLineEndings("\n");
        string[] added = Difference(actual, approved);
        string[] removed = Difference(approved, actual);
        Assert.True(
            actual == approved,
            $"The public surface of {library} has changed; {ApproveVariable}=1 dotnet test tests/NativeRnn.PublicApi.Tests approves it.\n"
            + string.Concat(added.Select(line => $"+ {line}\n").Concat(removed.Select(line => $"- {line}\n"))));
    }

    private static string[] Difference(string text, string other) => [.. text.Split('\n').Except(other.Split('\n'))];

    private static string SourceFile(string library, [CallerFilePath] string path = "")
        => Path.Combine(Path.GetDirectoryName(path)!, "Approved", library + ".txt");
}
