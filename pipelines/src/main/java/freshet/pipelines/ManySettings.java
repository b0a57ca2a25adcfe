package freshet.pipelines;

import freshet.operators.AdmissionConfig;
import freshet.operators.ManyLearnersConfig;
import java.io.Serializable;

/**
 * Many text models of one stream, checked.
 *
 * @param text of every model; its name is the job's
 * @param answers whether texts are answered too
 * @param parallelism of the learners
 */
public record ManySettings(
        TextSettings text,
        AdmissionConfig admission,
        ManyLearnersConfig limits,
        boolean answers,
        int parallelism)
        implements Serializable {}
