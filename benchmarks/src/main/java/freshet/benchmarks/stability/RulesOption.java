package freshet.benchmarks.stability;

import freshet.learners.stability.rules.RuleSet;
import freshet.learners.stability.rules.RuleSource;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The rules that judge. */
public final class RulesOption {

    @Option(names = "--rules", paramLabel = "FILE", description = "Other rules.")
    private Path file;

    /** Those of the file, or the default ones. */
    public RuleSet read() throws IOException {
        return (file == null ? RuleSource.defaults() : RuleSource.of(file)).read();
    }
}
