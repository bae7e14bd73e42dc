#ifndef CXAPIAN_GLASS_TREE_H
#define CXAPIAN_GLASS_TREE_H

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "glass_block.h"
#include "glass_version.h"

namespace cxapian {

// One table of a part, for reading. Every block is compared with its checksum whenever it is read
// from the file, and what does not agree is `Damage`.
class GlassTree {
  public:
    using BlockPointer = std::shared_ptr<const GlassBlock>;

    // `path` is the part's folder; `checksums` live as long as the tree.
    GlassTree(
        const std::string &path, GlassTableName table, const GlassRoot &root,
        BlockChecksumReader &checksums);

    bool is_absent() const { return root.is_absent; }
    unsigned root_level() const { return root.level; }
    BlockPointer root_block() { return block(root.block, root.level); }

    // The block with a number, which must stand at that level.
    BlockPointer block(uint32_t number, unsigned level);

  private:
    BlockPointer read(uint32_t number);

    const GlassTableName table;
    const GlassRoot root;
    const InputFile file;
    BlockChecksumReader &checksums;

    // What was read last, in places by number. All ways lead through the branches, of which there
    // are some hundred times fewer than leaves.
    struct Kept {
        uint32_t number = 0;
        BlockPointer block;
    };
    std::array<Kept, 8> leaves;
    std::array<Kept, 32> branches;
};

// A place in a table: an entry, or behind the last. Entries are in the order of their keys.
class GlassCursor {
  public:
    explicit GlassCursor(GlassTree &tree) : tree(&tree) {}

    // Goes to the last entry whose key is not greater.
    //
    // Returns whether it is the very key. A table begins with an empty key, so there always is one.
    bool find(std::string_view key);

    // Goes to the first entry whose key is not less. False: there is none.
    bool find_not_before(std::string_view key) { return find(key) || next(); }

    // Goes to the next entry. False: there is none, and the cursor must be sent somewhere else.
    bool next();

    // Both stay valid until the cursor moves.
    std::string_view key() const { return key_; }
    std::string_view tag();
    // Whether the tag, once asked for, has to be inflated.
    bool is_compressed() const { return is_compressed_; }

  private:
    // How deep the tree is at most: that of a table with as many blocks as there are numbers.
    static constexpr unsigned most_levels = 11;
    struct Step {
        GlassTree::BlockPointer block;
        uint32_t index, count;
    };

    void descend(std::string_view key);
    bool step_forward();
    void step_back();
    void enter(unsigned level, uint32_t number, bool at_end);
    void put(unsigned level, GlassTree::BlockPointer block);
    void load();

    GlassTree *tree;
    // From the leaf upward.
    std::array<Step, most_levels> steps;
    LeafItem item{};
    std::string_view key_;
    bool is_compressed_ = false;
    std::string last_key;
    // Of a tag of several components.
    std::string joined_key, joined_tag;
    bool is_joined = false;
};

} // namespace cxapian

#endif
