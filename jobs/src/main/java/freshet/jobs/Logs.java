package freshet.jobs;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.AppenderComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/**
 * Where the logs of Kafka, Flink and ourselves go. The terminal belongs to the commands, so without
 * a call of these nothing but errors is logged, on standard error (log4j2.xml).
 */
public final class Logs {

    private static final String LAYOUT = "%d{HH:mm:ss.SSS} %-5p %c{1} %m%n";

    private Logs() {}

    /** Nothing at all: for commands that say themselves what went wrong. */
    public static void silent() {
        ConfigurationBuilder<BuiltConfiguration> builder = builder();
        Configurator.reconfigure(builder.add(builder.newRootLogger(Level.OFF)).build(false));
    }

    /** Warnings into a file of at most 10 MB and one older one of the same name with {@code .1}. */
    public static void toFile(Path file) {
        ConfigurationBuilder<BuiltConfiguration> builder = builder();
        AppenderComponentBuilder appender =
                builder.newAppender("log", "RollingFile")
                        .addAttribute("fileName", file.toAbsolutePath().toString())
                        .addAttribute("filePattern", file.toAbsolutePath() + ".%i")
                        .addComponent(
                                builder.newComponent("Policies")
                                        .addComponent(
                                                builder.newComponent("SizeBasedTriggeringPolicy")
                                                        .addAttribute("size", "10MB")))
                        .addComponent(
                                builder.newComponent("DefaultRolloverStrategy")
                                        .addAttribute("max", 1));
        use(builder, appender, Level.WARN);
    }

    /** Everything from INFO up on standard error: {@code --verbose}. */
    public static void toStandardError() {
        ConfigurationBuilder<BuiltConfiguration> builder = builder();
        AppenderComponentBuilder appender =
                builder.newAppender("log", "Console")
                        .addAttribute("target", ConsoleAppender.Target.SYSTEM_ERR);
        use(builder, appender, Level.INFO);
    }

    private static void use(
            ConfigurationBuilder<BuiltConfiguration> builder,
            AppenderComponentBuilder appender,
            Level level) {
        appender.add(builder.newLayout("PatternLayout").addAttribute("pattern", LAYOUT));
        builder.add(appender);
        builder.add(builder.newRootLogger(level).add(builder.newAppenderRef("log")));
        Configurator.reconfigure(builder.build(false));
    }

    private static ConfigurationBuilder<BuiltConfiguration> builder() {
        return ConfigurationBuilderFactory.newConfigurationBuilder()
                .setConfigurationName("freshet")
                .setStatusLevel(Level.ERROR);
    }
}
