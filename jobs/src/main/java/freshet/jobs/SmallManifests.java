package freshet.jobs;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * Keeps RocksDB's list of its files short. It notes every change there, some 600 bytes at each
 * checkpoint, and begins anew only when the list has a gigabyte; and every incremental checkpoint
 * sends the whole list again.
 */
public final class SmallManifests implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1;

    static final long MAX_BYTES = 64 << 10;

    @Override
    public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> toClose) {
        return options.setMaxManifestFileSize(MAX_BYTES);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
            ColumnFamilyOptions options, Collection<AutoCloseable> toClose) {
        return options;
    }
}
