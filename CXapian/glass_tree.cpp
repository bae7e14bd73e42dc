#include "glass_tree.h"

#include <xapian.h>

namespace cxapian {

GlassTree::GlassTree(
    const std::string &folder, GlassTableName table, const GlassRoot &root,
    BlockChecksumReader &checksums)
    : table(table), root(root), file(folder + "/" + glass_file_names[table]),
      checksums(checksums) {
    if (!root.is_absent && !file.is_open())
        throw Xapian::DatabaseNotFoundError(file.path() + ": there is no such file");
}

GlassTree::BlockPointer GlassTree::block(uint32_t number, unsigned level) {
    Kept &kept = level == 0 ? leaves[number % leaves.size()] : branches[number % branches.size()];
    if (!kept.block || kept.number != number) {
        kept.block = read(number);
        kept.number = number;
    }
    if (kept.block->level() != level) throw Damage(file.path() + ": a block in the wrong place");
    return kept.block;
}

GlassTree::BlockPointer GlassTree::read(uint32_t number) {
    auto block = std::make_shared<GlassBlock>();
    file.read(block->data(), glass_block_size, uint64_t(number) * glass_block_size);
    if (const std::vector<uint32_t> *known = checksums.of(table))
        if (number >= known->size() || block_checksum(block->data()) != (*known)[number])
            throw Damage(file.path() + " has changed since it was written");
    return block;
}

namespace {

// The last item of a block that is not beyond the first component of a key, from `start` on; all
// before are not beyond it. `item` gives a block's item.
template <typename Item>
int64_t last_not_beyond(int64_t start, int64_t end, std::string_view key, Item item) {
    while (start < end) {
        int64_t middle = start + (end - start) / 2;
        auto found = item(uint32_t(middle));
        int order = found.key.compare(key);
        if (order < 0 || (order == 0 && found.component <= 1))
            start = middle + 1;
        else
            end = middle;
    }
    return start - 1;
}

} // namespace

bool GlassCursor::find(std::string_view key) {
    if (tree->is_absent()) return false;
    descend(key);
    if (!item.is_first()) {
        // In the midst of a long entry: to its beginning.
        std::string own(item.key);
        descend(own);
        if (item.key != own || !item.is_first()) throw Damage("a component without a first");
    }
    return key_ == key;
}

void GlassCursor::descend(std::string_view key) {
    unsigned level = tree->root_level();
    put(level, tree->root_block());
    for (; level > 0; --level) {
        Step &step = steps[level];
        if (step.count == 0) throw Damage("an empty branch");
        // Whatever the first item says, what is less than the second is below it.
        step.index = uint32_t(last_not_beyond(1, step.count, key, [&](uint32_t index) {
            return step.block->branch_item(index);
        }));
        put(level - 1, tree->block(step.block->branch_item(step.index).block, level - 1));
    }
    Step &leaf = steps[0];
    int64_t index = last_not_beyond(
        0, leaf.count, key, [&](uint32_t index) { return leaf.block->leaf_item(index); });
    if (index >= 0) {
        leaf.index = uint32_t(index);
    } else {
        // What separates two leaves may be less than the first key of the later one.
        leaf.index = 0;
        step_back();
    }
    load();
}

bool GlassCursor::next() {
    if (tree->is_absent() || !steps[0].block) return false;
    last_key.assign(key_);
    do {
        if (!step_forward()) return false;
        load();
    } while (!item.is_first());
    // In a damaged tree a block may lead back to one before it, and a walk would never end.
    if (key_ <= last_key) throw Damage("entries out of order");
    return true;
}

std::string_view GlassCursor::tag() {
    if (is_joined) return joined_tag;
    if (item.is_last) return item.chunk;
    joined_key.assign(key_);
    joined_tag.assign(item.chunk);
    for (uint16_t component = 1; !item.is_last;) {
        if (!step_forward()) throw Damage("an entry without an end");
        item = steps[0].block->leaf_item(steps[0].index);
        if (item.key != joined_key || item.component != ++component)
            throw Damage("an entry without an end");
        joined_tag.append(item.chunk);
    }
    is_joined = true;
    key_ = joined_key;
    return joined_tag;
}

bool GlassCursor::step_forward() {
    unsigned top = tree->root_level(), level = 0;
    while (steps[level].index + 1 >= steps[level].count)
        if (level++ == top) return false;
    ++steps[level].index;
    for (; level > 0; --level)
        enter(level - 1, steps[level].block->branch_item(steps[level].index).block, false);
    return true;
}

void GlassCursor::step_back() {
    unsigned top = tree->root_level(), level = 0;
    while (steps[level].index == 0)
        if (level++ == top) throw Damage("a table without a beginning");
    --steps[level].index;
    for (; level > 0; --level)
        enter(level - 1, steps[level].block->branch_item(steps[level].index).block, true);
}

void GlassCursor::enter(unsigned level, uint32_t number, bool at_end) {
    put(level, tree->block(number, level));
    if (steps[level].count == 0) throw Damage("an empty block");
    if (at_end) steps[level].index = steps[level].count - 1;
}

void GlassCursor::put(unsigned level, GlassTree::BlockPointer block) {
    uint32_t count = block->item_count();
    steps[level] = {std::move(block), 0, count};
}

void GlassCursor::load() {
    item = steps[0].block->leaf_item(steps[0].index);
    key_ = item.key;
    is_compressed_ = item.is_compressed;
    is_joined = false;
}

} // namespace cxapian
