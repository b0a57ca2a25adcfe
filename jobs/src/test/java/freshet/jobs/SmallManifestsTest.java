package freshet.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksMemEnv;

class SmallManifestsTest {

    private static final int CHECKPOINTS = 1000;

    @BeforeAll
    static void load() {
        RocksDB.loadLibrary();
    }

    @Test
    void theListOfFilesStaysShortHoweverManyCheckpoints() throws Exception {
        assertThat(manifestBytes(new DBOptions())).isGreaterThan(2 * SmallManifests.MAX_BYTES);
        DBOptions small = new SmallManifests().createDBOptions(new DBOptions(), new ArrayList<>());
        assertThat(manifestBytes(small)).isLessThan(2 * SmallManifests.MAX_BYTES);
    }

    @Test
    void jobsUseItUnlessTheyAreToldOtherwise() {
        var config = new Configuration();
        LocalDefaults.fillForCluster(config);
        assertThat(config.get(RocksDBOptions.OPTIONS_FACTORY))
                .isEqualTo(SmallManifests.class.getName());
        config.set(RocksDBOptions.OPTIONS_FACTORY, "of.the.User");
        LocalDefaults.fillForCluster(config);
        assertThat(config.get(RocksDBOptions.OPTIONS_FACTORY)).isEqualTo("of.the.User");
    }

    /** After as many flushes, which is what a checkpoint does. */
    private static long manifestBytes(DBOptions options) throws RocksDBException {
        var families =
                List.of(
                        new ColumnFamilyDescriptor(
                                RocksDB.DEFAULT_COLUMN_FAMILY, new ColumnFamilyOptions()));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (options;
                Env memory = new RocksMemEnv(Env.getDefault());
                FlushOptions flush = new FlushOptions();
                RocksDB db =
                        RocksDB.open(
                                options.setCreateIfMissing(true).setEnv(memory),
                                "/db",
                                families,
                                handles)) {
            for (int checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint++) {
                db.put(new byte[] {(byte) checkpoint}, new byte[] {1});
                db.flush(flush);
            }
            handles.forEach(ColumnFamilyHandle::close);
            return db.getLiveFiles().manifestFileSize;
        }
    }
}
