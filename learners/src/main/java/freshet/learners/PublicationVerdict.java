package freshet.learners;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a guard over publication has to say, in the learner's next report, of the version published
 * last. In place of a version that may not be published the weights published last are published
 * again, so that predictors need not wait.
 */
public enum PublicationVerdict {
    REPORTED(0),
    PUBLISHED(1),
    VETOED(2);

    /** Metadata of a version that was vetoed: why. */
    public static final String REASON = "publication.vetoed";

    /** Telemetry: 1 after a version was vetoed, 0 after one was published. */
    public static final String VETO = "publicationVetoed";

    private final int code; // in snapshots

    PublicationVerdict(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /**
     * @throws IllegalArgumentException if there is no such code
     */
    public static PublicationVerdict of(int code) {
        for (PublicationVerdict verdict : values()) {
            if (verdict.code == code) {
                return verdict;
            }
        }
        throw new IllegalArgumentException("no verdict has the code " + code);
    }

    /** The report with this verdict added: one that is reported already adds nothing. */
    public StepReport addTo(StepReport report) {
        if (this == REPORTED) {
            return report;
        }
        return report.and(Measurement.of(VETO, this == VETOED ? 1 : 0));
    }

    /**
     * @param served weights published last
     * @param reason why the candidate may not be
     */
    public static ModelArtifact inPlaceOf(ModelArtifact candidate, byte[] served, String reason) {
        Map<String, String> metadata = new TreeMap<>(candidate.metadata());
        metadata.put(REASON, reason);
        return candidate.with(metadata, served);
    }
}
