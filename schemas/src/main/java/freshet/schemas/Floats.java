package freshet.schemas;

import java.util.ArrayList;
import java.util.List;

/** Arrays of floats as Avro's records hold them. */
public final class Floats {

    private Floats() {}

    public static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>(values.length);
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    public static float[] array(List<Float> list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        return values;
    }
}
