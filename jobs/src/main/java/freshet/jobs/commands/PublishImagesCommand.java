package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.jobs.commands.PictureCheck.Sendable;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.vision.DriftSource;
import freshet.learners.vision.ImageLimits;
import freshet.learners.vision.UnreadableImageException;
import freshet.pipelines.ImageOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code freshet publish images}: pictures into the images topic, classes into the labels topic.
 */
@Command(
        name = "images",
        description = {
            "Sends pictures (PNG, JPEG) into the images topic and their classes into the labels"
                    + " topic.",
            "The folder directly below DIR names a picture's class, unless --labels lists"
                    + " pictures and classes. Pictures without a class are sent without a label;"
                    + " files and folders whose names begin with a dot are left out.",
            "All files are looked at before the first is sent, but not decoded: what is damaged"
                    + " within its pixels is for the pipeline to put aside."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  freshet publish images clothes/ --source clothes --shuffle 1",
            "  freshet publish images photos/ --labels photos.csv --source camera --resume",
            "  freshet publish images new/ --source clothes --classes bag,boot --label-delay 100"
        })
public final class PublishImagesCommand implements Runnable {

    /** A record id, source/sequence, has at most 256 characters; the largest long has 19. */
    private static final int MAX_SOURCE_CHARACTERS = 256 - 1 - 19;

    /** Other than those that distort a stream's pictures, should one seed serve both. */
    private static final long ORDER_STREAM = 2;

    /**
     * What a record needs beside the file, bytes: source, record id and key of at most 256
     * characters of at most 3 bytes in UTF-8 each, numbers, and Kafka's envelope.
     */
    private static final int AROUND_A_FILE = 4096;

    @Spec private CommandSpec spec;
    @Mixin private SettingsOptions settings;
    @Mixin private SourceOptions source;

    @Parameters(paramLabel = "DIR", description = "Folder of the pictures.")
    private Path folder;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "CSV file of the pictures to send, in its order: path within DIR, class; the"
                            + " class may be empty.")
    private Path labels;

    @Option(
            names = "--classes",
            paramLabel = "NAME",
            split = ",",
            description =
                    "All classes in the order of their numbers, from 0, comma separated; default:"
                            + " those that occur, sorted. A class may also be given by its number.")
    private List<String> classes;

    @Option(
            names = "--classes-file",
            paramLabel = "FILE",
            description = "As --classes, one name a line.")
    private Path classesFile;

    @Option(
            names = "--shuffle",
            paramLabel = "SEED",
            description = "Send in random order; the same with the same seed.")
    private Long shuffle;

    @Option(
            names = "--label-delay",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Send each label after so many further pictures, with the event time of the"
                            + " last of them; those left at the end come then. Default"
                            + " ${DEFAULT-VALUE}: right after its picture.")
    private long labelDelay;

    @Option(names = "--no-learn", description = "Ask for answers only: do not learn from them.")
    private boolean noLearn;

    @Option(
            names = "--skip-bad",
            description =
                    "Leave out files that are no pictures, damaged or too large, and count them;"
                            + " default: the first stops the command before anything is sent.")
    private boolean skipBad;

    @Override
    public void run() {
        checkArguments();
        List<LabelledFile> files =
                labels == null ? LabelledFiles.below(folder) : LabelledFiles.listed(labels, folder);
        ClassNumbers numbers = numbers(files);
        Configuration configuration = settings.read();
        KafkaAccess kafka = SettingsOptions.kafka(configuration);
        String imagesTopic = configuration.get(ImageOptions.IMAGES_TOPIC);
        String labelsTopic = configuration.get(ImageOptions.LABELS_TOPIC);
        boolean labelled = files.stream().anyMatch(LabelledFile::hasClass);
        if (labelled) {
            kafka.partitions(labelsTopic); // fails if there is none
        }
        long first =
                source.firstSequence(
                        imagesTopic,
                        ImagePublisher.lastSequence(kafka, imagesTopic, source.name()));
        ImageLimits limits =
                limits(ImageOptions.limits(configuration), kafka.maxRecordBytes(imagesTopic));
        var check = new PictureCheck(limits, skipBad, spec.commandLine().getErr());
        List<Sendable> pictures = ordered(check.sendable(files, numbers));
        if (labelled) {
            spec.commandLine().getOut().println("classes: " + numbers);
        }
        try (var publisher =
                new ImagePublisher(
                        kafka, imagesTopic, labelsTopic, source.name(), first, labelDelay)) {
            send(pictures, limits, publisher);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%,d records of %s, sequence %d to %d, in topic %s, %,d labels in"
                                    + " topic %s at %s; %,d files skipped%n",
                            pictures.size(),
                            source.name(),
                            first,
                            publisher.nextSequence() - 1,
                            imagesTopic,
                            publisher.labelsSent(),
                            labelsTopic,
                            kafka.servers(),
                            check.skipped());
        }
    }

    private void checkArguments() {
        source.check(MAX_SOURCE_CHARACTERS);
        if (classes != null && classesFile != null) {
            throw misuse("--classes and --classes-file are two ways to say one thing: choose one");
        }
        if (labelDelay < 0) {
            throw misuse("--label-delay is %d, must not be negative".formatted(labelDelay));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private ClassNumbers numbers(List<LabelledFile> files) {
        if (classesFile != null) {
            return ClassNumbers.in(classesFile);
        }
        return classes != null ? ClassNumbers.of(classes) : ClassNumbers.occurringIn(files);
    }

    /** What the pipeline takes, and of that what fits into a record of the topic. */
    private static ImageLimits limits(ImageLimits ofPipeline, int maxRecordBytes) {
        return new ImageLimits(
                Math.min(ofPipeline.maxBytes(), maxRecordBytes - AROUND_A_FILE),
                ofPipeline.maxSide(),
                ofPipeline.maxPixels());
    }

    private List<Sendable> ordered(List<Sendable> pictures) {
        if (shuffle == null) {
            return pictures;
        }
        List<Sendable> shuffled = new ArrayList<>();
        var random = new CounterRandom(shuffle, ORDER_STREAM, 0);
        for (int index : DriftSource.shuffled(pictures.size(), random)) {
            shuffled.add(pictures.get(index));
        }
        return shuffled;
    }

    private void send(List<Sendable> pictures, ImageLimits limits, ImagePublisher publisher) {
        long total = pictures.stream().mapToLong(Sendable::bytes).sum();
        var progress = ProgressLine.on(spec.commandLine().getErr(), total);
        long sent = 0;
        for (int index = 0; index < pictures.size(); index++) {
            Sendable picture = pictures.get(index);
            PictureFile file = readAgain(picture.file(), limits);
            publisher.send(file, picture.label(), !noLearn, source.eventTimeOf(index));
            sent += file.bytes().length;
            progress.at(sent, index + 1);
        }
        publisher.end();
        progress.end(sent, pictures.size());
    }

    private static PictureFile readAgain(Path file, ImageLimits limits) {
        try {
            return PictureFile.read(file, limits);
        } catch (UnreadableImageException e) {
            throw new CommandFailure(
                    "%s changed after it was looked at: %s".formatted(file, e.getMessage()), e);
        }
    }
}
