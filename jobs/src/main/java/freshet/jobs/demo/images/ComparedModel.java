package freshet.jobs.demo.images;

import freshet.pipelines.FreshetOptions;
import freshet.pipelines.ImageOptions;
import freshet.pipelines.ImageOptions.Adaptation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;

/** The models that learn side by side: settings of one pipeline. */
enum ComparedModel {
    FROZEN("frozen", '×', Adaptation.NONE, false),
    SELF_TRAINING("IST", '○', Adaptation.SELF_TRAINING, false),
    BALANCED("balanced IST", '◆', Adaptation.BALANCED, false),
    GIFT("GIFT", '●', Adaptation.GIFT, false),
    /** Learns the labels that the others are only scored by. */
    SUPERVISED("supervised", '△', Adaptation.NONE, true);

    private final String title;
    private final char sign;
    private final Adaptation adaptation;
    private final boolean learnsLate;

    ComparedModel(String title, char sign, Adaptation adaptation, boolean learnsLate) {
        this.title = title;
        this.sign = sign;
        this.adaptation = adaptation;
        this.learnsLate = learnsLate;
    }

    String title() {
        return title;
    }

    char sign() {
        return sign;
    }

    /** As the options call it. */
    String model() {
        return title.toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    static List<String> models() {
        return Arrays.stream(values()).map(ComparedModel::model).toList();
    }

    void into(Configuration config) {
        String prefix = "model-overrides." + model() + ".";
        config.setString(prefix + ImageOptions.ADAPTATION.key(), adaptation.toString());
        config.setString(prefix + ImageOptions.LEARN_LATE.key(), String.valueOf(learnsLate));
        if (this == SELF_TRAINING || this == BALANCED) {
            // Nothing jumps here: a teacher that follows at once does better.
            config.setString(prefix + ImageOptions.TEACHER_DECAY.key(), "0");
        }
    }

    static void allInto(Configuration config) {
        config.set(FreshetOptions.MODELS, models());
        for (ComparedModel one : values()) {
            one.into(config);
        }
    }
}
