package freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A client is written from the schemas alone: they say what each field means, and in what unit. */
class SchemaDocsTest {

    static final List<Class<? extends SpecificRecordBase>> TYPES = AllSchemas.TYPES;

    @ParameterizedTest
    @FieldSource("TYPES")
    void everyFieldSaysWhatItMeans(Class<? extends SpecificRecordBase> type) {
        List<String> missing = new ArrayList<>();
        collect(SpecificData.get().getSchema(type), missing);
        assertThat(missing).as("places without a doc or a unit").isEmpty();
    }

    @ParameterizedTest
    @FieldSource("TYPES")
    void theKeyOfTheKafkaRecordIsSaid(Class<? extends SpecificRecordBase> type) {
        assertThat(SpecificData.get().getSchema(type).getDoc())
                .contains("Key of the Kafka record:");
    }

    private static void collect(Schema schema, List<String> missing) {
        switch (schema.getType()) {
            case ARRAY -> collect(schema.getElementType(), missing);
            case MAP -> collect(schema.getValueType(), missing);
            case UNION -> schema.getTypes().forEach(type -> collect(type, missing));
            case RECORD -> {
                if (isBlank(schema.getDoc())) {
                    missing.add(schema.getName());
                }
                for (Schema.Field field : schema.getFields()) {
                    if (isBlank(field.doc()) || !namesItsUnit(field)) {
                        missing.add(schema.getName() + "." + field.name());
                    }
                    collect(field.schema(), missing);
                }
            }
            default -> {}
        }
    }

    private static boolean isBlank(String doc) {
        return doc == null || doc.isBlank();
    }

    /** Times are always milliseconds, and numbers that lie in a range say so. */
    private static boolean namesItsUnit(Schema.Field field) {
        String name = field.name().toLowerCase(Locale.ROOT);
        boolean isTime =
                name.endsWith("time") || name.endsWith("millis") || name.equals("deadline");
        return !isTime || field.doc().contains("illisecond");
    }
}
