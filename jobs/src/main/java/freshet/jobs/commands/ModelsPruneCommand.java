package freshet.jobs.commands;

import freshet.jobs.models.ModelVersions;
import freshet.jobs.models.StoredModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet models prune}: retires old versions. */
@Command(
        name = "prune",
        description = {
            "Retires versions of one model by tombstones for manifest and chunks; the broker frees"
                    + " their space when it compacts. With both options a version goes if both say"
                    + " so. The newest complete version, and what is newer, always stays. Learners"
                    + " keep the versions of their own state."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet models prune --keep 10",
            "  freshet models prune --keep 10 --older-than 7d --dry-run"
        })
public final class ModelsPruneCommand implements Runnable {

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions options;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "The newest N complete versions stay, from 1.")
    private Integer keep;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            description = "Only versions published so long ago, such as 7d or 12h.")
    private String age;

    @Option(names = "--dry-run", description = "Only say what would go.")
    private boolean dryRun;

    @Override
    public void run() {
        if (keep == null && age == null) {
            throw misuse("--keep or --older-than is missing");
        }
        if (keep != null && keep < 1) {
            throw misuse("--keep is %d, must be at least 1".formatted(keep));
        }
        long youngest = System.currentTimeMillis() - (age == null ? 0 : age().toMillis());
        StoredModels stored = options.stored();
        List<ModelVersions.Version> gone = outOfDate(stored.versions(), youngest);
        if (!dryRun) {
            stored.retire(gone);
        }
        long bytes = gone.stream().mapToLong(ModelVersions.Version::bytes).sum();
        var out = spec.commandLine().getOut();
        out.printf(
                "%s %d versions of %s, %,d bytes%s%n",
                dryRun ? "would retire" : "retired",
                gone.size(),
                options.model(),
                bytes,
                gone.isEmpty()
                        ? ""
                        : ": "
                                + gone.get(gone.size() - 1).key().version()
                                + " to "
                                + gone.get(0).key().version());
        out.flush();
    }

    /** Newest first. */
    private List<ModelVersions.Version> outOfDate(ModelVersions versions, long youngestMillis) {
        List<ModelVersions.Version> gone = new ArrayList<>();
        int complete = 0; // newer than the one looked at
        for (ModelVersions.Version version : versions.all()) {
            if (!version.key().name().equals(options.model())) {
                continue;
            }
            boolean beyond = complete >= (keep == null ? 1 : keep);
            // A version without manifest has no time; a newer complete one has superseded it.
            if (beyond && version.publishedAtMillis() <= youngestMillis) {
                gone.add(version);
            }
            complete += version.isComplete() ? 1 : 0;
        }
        return gone;
    }

    private Duration age() {
        try {
            return TimeUtils.parseDuration(age);
        } catch (IllegalArgumentException e) {
            throw misuse("--older-than is %s, must be a time such as 7d or 12h".formatted(age));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
